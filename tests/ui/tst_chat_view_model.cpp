// The open chat over the real services: sending, stopping, branches, editing, drafts, what goes to the clipboard.
#include "tests/ui/view_model_fixture.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>

using namespace lares::ui;
using Blocks = MessageBlocksModel;

namespace {

QString plainAt(ChatViewModel& chat, int row) {
    return chat.blocks()->index(row).data(Blocks::PlainRole).toString();
}

QModelIndex foot(ChatViewModel& chat) {
    return chat.blocks()->index(chat.blocks()->count() - 1);
}

QString copiedText() {
    return QGuiApplication::clipboard()->text();
}

}  // namespace

class ChatViewModelTest : public QObject {
    Q_OBJECT

 private slots:
    void needsAModelAndWords();
    void sendsAndShowsTheAnswer();
    void tellsWhatItIsDoing();
    void stopKeepsWhatThereIs();
    void failureIsShownUnderTheAnswer();
    void regenerateMakesABranch();
    void editingTheLastQuestion();
    void draftsStayWithTheirChat();
    void unknownChatIsSaid();
    void renaming();
    void copying();
};

void ChatViewModelTest::needsAModelAndWords() {
    ChatFixture f;
    f.chat.setDraft(QStringLiteral("Hi"));
    QCOMPARE(f.chat.canSend(), false);
    const QString noModel = f.chat.cannotSendReason();
    QVERIFY(!noModel.isEmpty());
    f.chat.send();
    QCOMPARE(f.chat.draft(), QStringLiteral("Hi"));
    QSignalSpy canSend(&f.chat, &ChatViewModel::canSendChanged);
    QVERIFY(f.loadModel());
    QVERIFY(canSend.count() > 0);
    QCOMPARE(f.chat.canSend(), true);
    QCOMPARE(f.chat.cannotSendReason(), QString());
    f.chat.setDraft(QStringLiteral(" \n "));
    QCOMPARE(f.chat.canSend(), false);
    QVERIFY(f.chat.cannotSendReason() != noModel);
    QCOMPARE(f.chat.title(), QStringLiteral("New chat"));
    QCOMPARE(f.chat.empty(), true);
    QCOMPARE(f.chat.speedText(), QString());
}

void ChatViewModelTest::sendsAndShowsTheAnswer() {
    ChatFixture f;
    QAbstractItemModelTester tester(f.chat.blocks());
    QVERIFY(f.loadModel());
    QSignalSpy answered(&f.chat, &ChatViewModel::answered), empty(&f.chat, &ChatViewModel::emptyChanged);
    QVERIFY(f.ask(QStringLiteral("Say <hello>")));
    QTRY_COMPARE(answered.count(), 1);
    QCOMPARE(empty.count(), 1);
    QCOMPARE(f.chat.draft(), QString());
    QCOMPARE(f.chat.title(), QStringLiteral("Say <hello>"));
    QCOMPARE(f.chat.blocks()->count(), 8);  // 3 rows of the question; head, paragraph, two items, foot
    QCOMPARE(plainAt(f.chat, 1), QStringLiteral("Say <hello>"));
    QCOMPARE(plainAt(f.chat, 4), QStringLiteral("Hello you."));
    QCOMPARE(plainAt(f.chat, 6), QStringLiteral("two"));
    QCOMPARE(f.chat.speedText(), QStringLiteral("5.0 tokens/s"));
    QCOMPARE(f.chat.contextUsed(), 2010);
    QCOMPARE(f.chat.contextTotal(), 4096);
    QCOMPARE(f.chat.contextText(), QStringLiteral("2k of 4k"));
    QCOMPARE(f.chat.contextShortText(), QStringLiteral("2k"));
    const QString stats = foot(f.chat).data(Blocks::StatsRole).toString();
    QVERIFY2(stats.contains(QStringLiteral("5.0 tokens/s")) && stats.contains(QStringLiteral("10")), qPrintable(stats));
    const QString details = foot(f.chat).data(Blocks::DetailsRole).toString();
    QVERIFY2(details.contains(QStringLiteral("Tiny")) && details.contains(QStringLiteral("Seed: 7")),
             qPrintable(details));
    QCOMPARE(foot(f.chat).data(Blocks::MessageStateRole).value<Blocks::MessageState>(), Blocks::Complete);

    QVERIFY(f.ask(QStringLiteral("Again")));  // the same chat
    QCOMPARE(f.chat.blocks()->count(), 16);
    QCOMPARE(f.list.count(), 1);
}

void ChatViewModelTest::tellsWhatItIsDoing() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    f.script->holdPrompt = f.script->holdAnswer = true;
    f.chat.setDraft(QStringLiteral("Hi"));
    f.chat.send();
    QCOMPARE(f.chat.activity(), ChatViewModel::Waiting);
    QCOMPARE(f.chat.canSend(), false);
    QTRY_COMPARE(f.chat.activity(), ChatViewModel::ReadingPrompt);
    QVERIFY2(f.chat.activityText().contains(QStringLiteral("25")), qPrintable(f.chat.activityText()));
    f.chat.setDraft(QStringLiteral("Typing goes on"));
    f.script->holdPrompt = false;
    QTRY_COMPARE(f.chat.activity(), ChatViewModel::Answering);
    QTRY_COMPARE(plainAt(f.chat, 4).startsWith(QStringLiteral("Hello")), true);
    QCOMPARE(f.chat.canSend(), false);
    f.script->holdAnswer = false;
    QTRY_COMPARE(f.chat.activity(), ChatViewModel::Idle);
    QCOMPARE(f.chat.activityText(), QString());
    QCOMPARE(f.chat.canSend(), true);
    QCOMPARE(f.chat.draft(), QStringLiteral("Typing goes on"));
}

void ChatViewModelTest::stopKeepsWhatThereIs() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    f.chat.setDraft(QStringLiteral("Hi"));
    f.chat.send();
    QTRY_COMPARE(f.chat.activity(), ChatViewModel::Answering);
    f.chat.stop();
    QTRY_COMPARE(f.chat.busy(), false);
    QCOMPARE(foot(f.chat).data(Blocks::MessageStateRole).value<Blocks::MessageState>(), Blocks::Stopped);
    QVERIFY(plainAt(f.chat, 4).startsWith(QStringLiteral("Hello")));
}

void ChatViewModelTest::failureIsShownUnderTheAnswer() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    f.script->failAnswer = true;
    QVERIFY(f.ask(QStringLiteral("Hi")));
    QTRY_COMPARE(foot(f.chat).data(Blocks::MessageStateRole).value<Blocks::MessageState>(), Blocks::Failed);
    QCOMPARE(foot(f.chat).data(Blocks::ErrorRole).toString(), QStringLiteral("The device stopped answering."));
}

void ChatViewModelTest::regenerateMakesABranch() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("Hi")));
    const double first = foot(f.chat).data(Blocks::MessageIdRole).toDouble();
    f.script->answer = "Another answer";
    f.chat.regenerate(first);
    QTRY_COMPARE(plainAt(f.chat, 4), QStringLiteral("Another answer"));
    QTRY_COMPARE(f.chat.busy(), false);
    QCOMPARE(foot(f.chat).data(Blocks::BranchRole).toInt(), 2);
    QCOMPARE(foot(f.chat).data(Blocks::BranchCountRole).toInt(), 2);
    const double second = foot(f.chat).data(Blocks::MessageIdRole).toDouble();
    f.chat.showBranch(second, 3);  // there is none
    f.chat.showBranch(second, 1);
    QTRY_COMPARE(foot(f.chat).data(Blocks::MessageIdRole).toDouble(), first);
    QCOMPARE(plainAt(f.chat, 4), QStringLiteral("Hello you."));
    QCOMPARE(foot(f.chat).data(Blocks::BranchRole).toInt(), 1);
    f.chat.showBranch(first, 2);
    QTRY_COMPARE(plainAt(f.chat, 4), QStringLiteral("Another answer"));
}

void ChatViewModelTest::editingTheLastQuestion() {
    ChatFixture f;
    f.chat.editLast();  // nothing to edit
    QCOMPARE(f.chat.editing(), false);
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("Hi")));
    f.chat.setDraft(QStringLiteral("half a thought"));
    f.chat.editLast();
    QCOMPARE(f.chat.editing(), true);
    QCOMPARE(f.chat.draft(), QStringLiteral("Hi"));
    f.chat.cancelEdit();
    QCOMPARE(f.chat.editing(), false);
    QCOMPARE(f.chat.draft(), QStringLiteral("half a thought"));

    f.chat.editLast();
    f.chat.setDraft(QStringLiteral("Hi, better"));
    f.chat.send();
    QCOMPARE(f.chat.editing(), false);
    QCOMPARE(f.chat.draft(), QStringLiteral("half a thought"));
    QTRY_COMPARE(plainAt(f.chat, 1), QStringLiteral("Hi, better"));
    QTRY_COMPARE(f.chat.busy(), false);
    QTRY_COMPARE(f.chat.blocks()->count(), 8);
    QCOMPARE(f.chat.blocks()->index(2).data(Blocks::BranchCountRole).toInt(), 2);
}

void ChatViewModelTest::draftsStayWithTheirChat() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("First")));
    const double first = f.chat.chatId();
    f.chat.setDraft(QStringLiteral("for the first"));
    f.chat.openNewChat();
    QCOMPARE(f.chat.chatId(), 0.0);
    QCOMPARE(f.chat.empty(), true);
    QCOMPARE(f.chat.draft(), QString());
    f.chat.setDraft(QStringLiteral("for a new one"));
    f.chat.open(first);
    QCOMPARE(f.chat.draft(), QStringLiteral("for the first"));
    QTRY_COMPARE(f.chat.empty(), false);
    f.chat.openNewChat();
    QCOMPARE(f.chat.draft(), QStringLiteral("for a new one"));
    f.chat.setDraft(QString());
    QVERIFY(f.ask(QStringLiteral("Second")));
    QVERIFY(f.chat.chatId() != first);
    QCOMPARE(f.list.count(), 2);
}

void ChatViewModelTest::unknownChatIsSaid() {
    ChatFixture f;
    f.chat.open(4711);
    QTRY_VERIFY(!f.chat.errorText().isEmpty());
    QCOMPARE(f.chat.chatId(), 0.0);
    f.chat.dismissError();
    QCOMPARE(f.chat.errorText(), QString());
}

void ChatViewModelTest::renaming() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    f.chat.rename(QStringLiteral("Nothing to rename yet"));
    QVERIFY(f.ask(QStringLiteral("Hi")));
    f.chat.rename(QStringLiteral("Greetings"));
    QTRY_COMPARE(f.chat.title(), QStringLiteral("Greetings"));
    QTRY_COMPARE(f.list.index(0).data(ChatListModel::TitleRole).toString(), QStringLiteral("Greetings"));
}

void ChatViewModelTest::copying() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    f.script->answer = "<think>\nhm\n</think>\n\nUse **this**:\n\n```sh\nls -l\n```\n";
    QVERIFY(f.ask(QStringLiteral("How *do* I list?")));
    QTRY_COMPARE(f.chat.blocks()->count(), 8);  // 3, head, thinking, paragraph, code, foot
    QSignalSpy copied(&f.chat, &ChatViewModel::copied);
    f.chat.copyLastAnswer();
    QCOMPARE(copiedText(), QStringLiteral("Use **this**:\n\n```sh\nls -l\n```"));
    f.chat.copyBlock(6);
    QCOMPARE(copiedText(), QStringLiteral("ls -l"));
    f.chat.copyBlock(5);
    QCOMPARE(copiedText(), QStringLiteral("Use this:"));
    f.chat.copy(f.chat.blocks()->index(0).data(Blocks::MessageIdRole).toDouble());
    QCOMPARE(copiedText(), QStringLiteral("How *do* I list?"));
    QCOMPARE(copied.count(), 4);
    f.chat.copy(4711);
    f.chat.copyBlock(99);
    QCOMPARE(copied.count(), 4);
}

QTEST_MAIN(ChatViewModelTest)
#include "tst_chat_view_model.moc"
