// Chats: what is committed before an answer begins, what is kept of it while it grows and when it is stopped, the
// queue, branches, search, the trash.
#include "app/services/chat/chat_service.h"
#include "app/services/chat/chat_values.h"
#include "app/services/models/model_service.h"
#include "app/services/settings/settings_service.h"
#include "tests/app/chat_view.h"
#include "tests/app/service_fixture.h"

using namespace lares::app;
using lares::storage::MessageRow;
using lares::test::ServiceFixture;
namespace storage = lares::storage;

using View = lares::test::ChatView;

class TestChatService : public QObject {
    Q_OBJECT

 private slots:
    void committedBeforeTheAnswerBegins();
    void partialTextReachesTheStore();
    void theEndOfTheProgramKeepsWhatThereIs();
    void stoppingKeepsWhatThereIs();
    void withoutAModelTheQuestionIsKept();
    void aFailureIsSaidAndKept();
    void answersQueueAcrossChats();
    void aWaitingAnswerCanBeStopped();
    void branches();
    void blankTextIsRefused();
    void deletedChatsComeBackAndGo();
    void searchFindsMarkedWords();
    void titles();
    void conversationsAlternate();
};

void TestChatService::committedBeforeTheAnswerBegins() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdPrompt = true;
    View view(f.chats());
    QVERIFY(f.chats().submit(0, QStringLiteral("What is kept?")) != 0);
    QTRY_VERIFY(view.answerId != 0);
    const auto rows = f.store().chats.shownMessages(view.chatId);
    QCOMPARE(rows.size(), std::size_t{2});
    QCOMPARE(rows[0].text, std::string("What is kept?"));
    QVERIFY(rows[1].state == storage::MessageState::writing && rows[1].text.empty());
    QVERIFY(f.chats().isBusy(view.chatId));
    f.script->holdPrompt = false;
    QTRY_VERIFY(view.settled());
    QVERIFY(!f.chats().isBusy());
}

void TestChatService::partialTextReachesTheStore() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.answerId != 0);
    const std::string half = f.script->answer.substr(0, f.script->answer.size() / 2);
    QElapsedTimer sinceShown;
    QTRY_VERIFY(!view.messages.last().text.isEmpty());
    sinceShown.start();
    QTRY_COMPARE(f.store().chats.message(view.answerId).text, half);
    QVERIFY2(sinceShown.elapsed() < 2000, qPrintable(QString::number(sinceShown.elapsed())));
    f.script->holdAnswer = false;
    QTRY_VERIFY(view.settled());
    QTRY_COMPARE(f.store().chats.message(view.answerId).text, f.script->answer);
    QCOMPARE(view.messages.last().details["finish"].toString(), QStringLiteral("endOfText"));
    QCOMPARE(view.messages.last().details["model"].toString(), QStringLiteral("Tiny"));
}

void TestChatService::theEndOfTheProgramKeepsWhatThereIs() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    qint64 running = 0, waiting = 0;
    {
        View view(f.chats());
        f.chats().submit(0, QStringLiteral("One"));
        QTRY_VERIFY(view.answerId != 0);
        running = view.answerId;
        QTRY_VERIFY(!view.messages.last().text.isEmpty());
        f.chats().submit(0, QStringLiteral("Two"));
        QTRY_VERIFY(view.answerId != running);
        waiting = view.answerId;
    }
    f.restart();
    const MessageRow kept = f.store().chats.message(running);
    QVERIFY(kept.state == storage::MessageState::stopped);
    QCOMPARE(kept.text, f.script->answer.substr(0, f.script->answer.size() / 2));
    QVERIFY(f.store().chats.message(waiting).state == storage::MessageState::stopped);
}

void TestChatService::stoppingKeepsWhatThereIs() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.answerId != 0 && !view.messages.last().text.isEmpty());
    f.chats().stop(view.chatId);
    QTRY_VERIFY(view.settled());
    QCOMPARE(view.messages.last().state, MessageState::stopped);
    QVERIFY(!view.messages.last().text.isEmpty());
    QCOMPARE(view.messages.last().details["finish"].toString(), QStringLiteral("cancelled"));
}

void TestChatService::withoutAModelTheQuestionIsKept() {
    ServiceFixture f;
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    QCOMPARE(view.messages.last().state, MessageState::failed);
    QVERIFY(view.messages.last().error.contains(QStringLiteral("No model")));
    QVERIFY(f.loadModel());
    f.chats().regenerate(view.answerId);
    QTRY_COMPARE(view.messages.last().state, MessageState::complete);
    QCOMPARE(view.messages.last().siblingCount, 2);
}

void TestChatService::aFailureIsSaidAndKept() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->failAnswer = true;
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    const qint64 chatId = view.chatId;
    QCOMPARE(view.messages.last().error, QStringLiteral("The device stopped answering."));
    f.restart();
    View again(f.chats());
    f.chats().openChat(chatId);
    QTRY_VERIFY(again.settled());
    QCOMPARE(again.messages.last().state, MessageState::failed);
    QCOMPARE(again.messages.last().error, QStringLiteral("The device stopped answering."));
    QVERIFY(!again.messages.last().text.isEmpty());
}

void TestChatService::answersQueueAcrossChats() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    View view(f.chats());
    QSignalSpy busy(&f.chats(), &ChatService::busyChanged);
    f.chats().submit(0, QStringLiteral("First"));
    QTRY_VERIFY(view.answerId != 0);
    const qint64 first = view.chatId;
    f.chats().submit(0, QStringLiteral("Second"));
    QTRY_VERIFY(view.chatId != first);
    QVERIFY(view.messages.last().queued);
    QVERIFY(f.chats().isBusy(first) && f.chats().isBusy(view.chatId));
    f.script->holdAnswer = false;
    QTRY_VERIFY(!f.chats().isBusy());
    QCOMPARE(view.messages.at(1).state, MessageState::complete);
    QCOMPARE(view.messages.at(3).state, MessageState::complete);
    QVERIFY(!view.messages.last().queued);
    QCOMPARE(busy.count(), 4);
    QTRY_COMPARE(f.chats().chats().first().title, QStringLiteral("Second"));
}

void TestChatService::aWaitingAnswerCanBeStopped() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("First"));
    QTRY_VERIFY(view.answerId != 0);
    const qint64 first = view.chatId;
    f.chats().submit(0, QStringLiteral("Second"));
    QTRY_VERIFY(view.chatId != first);
    f.chats().stop(view.chatId);
    QCOMPARE(view.messages.last().state, MessageState::stopped);
    QVERIFY(f.chats().isBusy(first) && !f.chats().isBusy(view.chatId));
    f.script->holdAnswer = false;
    QTRY_COMPARE(view.messages.at(1).state, MessageState::complete);
}

void TestChatService::branches() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("One"));
    QTRY_VERIFY(view.settled());
    f.chats().submit(view.chatId, QStringLiteral("Two"));
    QTRY_VERIFY(view.messages.size() == 4 && view.settled());
    const qint64 question = view.messages.at(0).id;
    f.chats().edit(question, QStringLiteral("One, better"));
    QTRY_VERIFY(view.messages.size() == 2 && view.settled());
    QCOMPARE(view.messages.first().text, QStringLiteral("One, better"));
    QCOMPARE(view.messages.first().siblingIndex, 1);
    f.chats().showSibling(view.messages.first().id, -1);
    QTRY_COMPARE(view.messages.size(), 4);
    QCOMPARE(view.messages.first().id, question);
    QCOMPARE(view.messages.at(2).text, QStringLiteral("Two"));
}

void TestChatService::blankTextIsRefused() {
    ServiceFixture f;
    QCOMPARE(f.chats().submit(0, QStringLiteral(" \n\t")), quint64{0});
}

void TestChatService::deletedChatsComeBackAndGo() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("Gone soon"));
    QTRY_VERIFY(view.settled());
    QSignalSpy deleted(&f.chats(), &ChatService::chatDeleted);
    f.chats().deleteChat(view.chatId);
    QTRY_COMPARE(deleted.count(), 1);
    QCOMPARE(deleted.first().at(1).toString(), QStringLiteral("Gone soon"));
    QCOMPARE(f.chats().chats().size(), 0);
    f.chats().undoDelete(view.chatId);
    QTRY_COMPARE(f.chats().chats().size(), 1);
    f.chats().deleteChat(view.chatId);
    QTRY_COMPARE(f.chats().chats().size(), 0);
    f.composition.reset();
    {
        auto stores = f.store();  // thirty-one days go by
        stores.chats.undoDelete(view.chatId);
        stores.chats.deleteChat(view.chatId, QDateTime::currentMSecsSinceEpoch() - qint64{31} * 24 * 60 * 60 * 1000);
    }
    f.open();
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            try {
                f.store().chats.chat(view.chatId);
                return false;
            } catch (const storage::Error& error) {
                return error.kind() == storage::ErrorKind::notFound;
            }
        }(),
        5000);
}

void TestChatService::searchFindsMarkedWords() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    View view(f.chats());
    f.chats().submit(0, QStringLiteral("Where do swifts\nsleep at night?"));
    QTRY_VERIFY(view.settled());
    QSignalSpy found(&f.chats(), &ChatService::searchFinished);
    f.chats().renameChat(view.chatId, QStringLiteral("Birds"));
    f.chats().searchChats(QStringLiteral("sleep swi"));
    QTRY_COMPARE(found.count(), 1);
    const auto hits = found.first().at(1).value<QList<ChatSearchHit>>();
    QCOMPARE(hits.size(), 1);
    QCOMPARE(hits.first().title, QStringLiteral("Birds"));
    QVERIFY(hits.first().snippet.contains(QStringLiteral("swifts sleep")));
    QStringList marked;
    for (const SnippetMark& mark : hits.first().marks) marked += hits.first().snippet.mid(mark.start, mark.length);
    QCOMPARE(marked, (QStringList{QStringLiteral("swifts"), QStringLiteral("sleep")}));
}

void TestChatService::titles() {
    QCOMPARE(titleFrom(QStringLiteral("  Short\n title ")), QStringLiteral("Short title"));
    const QString title = titleFrom(QStringLiteral("A question that is a good deal longer than a title may ever be"));
    QVERIFY(title.size() <= 49 && title.endsWith(u'…') && !title.chopped(1).endsWith(u' '));
    QVERIFY(titleFrom(QString(200, u'x')).size() <= 49);
    const QString emoji = titleFrom(QString::fromUtf8("\xF0\x9F\x8C\xB1").repeated(60));
    QVERIFY(!emoji.chopped(1).back().isHighSurrogate());
}

void TestChatService::conversationsAlternate() {
    const auto row = [](storage::Role role, const char* text) {
        MessageRow message;
        message.role = role;
        message.text = text;
        return message;
    };
    const auto messages = conversation(
        {row(storage::Role::user, "one"), row(storage::Role::assistant, ""), row(storage::Role::user, "two")},
        QStringLiteral("Be brief."));
    QCOMPARE(messages.size(), std::size_t{2});
    QVERIFY(messages[0].role == lares::inference::Role::system);
    QCOMPARE(messages[1].text, std::string("one\n\ntwo"));
}

QTEST_GUILESS_MAIN(TestChatService)
#include "tst_chat_service.moc"
