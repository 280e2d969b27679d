// What people do with chats, in the window: branches, going on, saved prompts, files, jumping, searching, the trash,
// temporary chats, options, a nearly full context, a full disk. Every test fails on any QML warning.
#include "tests/qml/window_fixture.h"
#include "tests/storage/full_disk.h"
#include "ui/library/library_view_model.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QTemporaryDir>

#include <optional>

using lares::app::Samples;
using lares::test::Lares;
using lares::test::Warnings;
using lares::ui::ChatListModel;
using lares::ui::LibraryViewModel;
using lares::ui::MessageEntry;

namespace {

struct Chat : Lares {
    using Lares::Lares;

    /// The first one that is shown.
    QQuickItem* item(const char* objectName) const {
        for (QQuickItem* found : view()->findChildren<QQuickItem*>(QLatin1String(objectName))) {
            if (found->isVisible()) return found;
        }
        return named(view()->contentItem(), QLatin1String(objectName));
    }
    [[nodiscard]] bool click(const char* objectName) const {
        QQuickItem* found = nullptr;
        if (!QTest::qWaitFor([&] { return (found = item(objectName)) != nullptr; })) return false;
        const QPointF middle = found->mapToScene(found->boundingRect().center());
        QTest::mouseClick(view(), Qt::LeftButton, Qt::NoModifier, middle.toPoint());
        QTest::qWait(30);
        return true;
    }
    [[nodiscard]] bool ask(const char* question) {
        const auto before = messages().size();
        type(question);
        key(Qt::Key_Return);
        return QTest::qWaitFor([&] { return messages().size() == before + 2 && !chat().busy(); }, 20000);
    }
    [[nodiscard]] bool opened(const char* dialog) const {
        return QTest::qWaitFor([&] {
            const QObject* found = popup(dialog);
            return found != nullptr && found->property("opened").toBool();
        });
    }
    const QObject* popup(const char* name) const { return view()->findChild<QObject*>(QLatin1String(name)); }
    const QVector<MessageEntry>& messages() { return chat().blocks()->messages(); }
    LibraryViewModel& library() { return window.library(); }

 private:
    static QQuickItem* named(QQuickItem* from, const QString& name) {
        if (!from->isVisible()) return nullptr;
        if (from->objectName() == name) return from;
        for (QQuickItem* child : from->childItems()) {
            if (QQuickItem* found = named(child, name)) return found;
        }
        return nullptr;
    }
};

}  // namespace

class TestChatWindow : public QObject {
    Q_OBJECT

    std::optional<Warnings> m_warnings;

 private slots:
    void init() {
        Warnings::clear();
        m_warnings.emplace();
    }
    void cleanup() {
        lares::storage_test::FullDisk::makeRoom();
        m_warnings.reset();
        QCOMPARE(Warnings::all(), QStringList());
    }

    void bothRolesAreEditedIntoBranches() {
        Chat lares(Samples::none, 1);
        QVERIFY(lares.ready && lares.loadModel());
        QVERIFY(lares.ask("One"));
        QVERIFY(lares.click("editPrompt"));
        QCOMPARE(lares.chat().draft(), QStringLiteral("One"));
        lares.type(", better");
        lares.key(Qt::Key_Return);
        QTRY_VERIFY(lares.messages().first().text == QStringLiteral("One, better") && !lares.chat().busy());
        QCOMPARE(lares.messages().first().branch, 2);
        QVERIFY(lares.click("branchBefore"));
        QTRY_COMPARE(lares.messages().first().text, QStringLiteral("One"));
        QVERIFY(lares.click("editAnswer"));
        QVERIFY(lares.chat().editingAnswer());
        lares.key(Qt::Key_A, Qt::ControlModifier);
        lares.type("Mine");
        lares.key(Qt::Key_Return);
        QTRY_COMPARE(lares.messages().last().text, QStringLiteral("Mine"));
        QCOMPARE(lares.messages().last().branchCount, 2);
        QCOMPARE(lares.chat().draft(), QString());
    }

    void aStoppedAnswerGoesOn() {
        Chat lares(Samples::none, 20);
        QVERIFY(lares.ready && lares.loadModel());
        lares.type("Tell me");
        lares.key(Qt::Key_Return);
        QTRY_COMPARE(lares.chat().activity(), lares::ui::ChatViewModel::Answering);
        lares.key(Qt::Key_Escape);
        QTRY_VERIFY(!lares.chat().busy());
        const QString before = lares.messages().last().text;
        QVERIFY(lares.click("continueAnswer"));
        QTRY_VERIFY(lares.messages().last().text.size() > before.size());
        QVERIFY(lares.messages().last().text.startsWith(before));
        QCOMPARE(lares.messages().size(), 2);
        lares.key(Qt::Key_Escape);
        QTRY_VERIFY(!lares.chat().busy());
    }

    void savedPromptsComeBySlash() {
        Chat lares(Samples::none, 1);
        QVERIFY(lares.ready);
        lares.library().savePrompt(QStringLiteral("Greet"), QStringLiteral("Say hello to "));
        lares.library().savePrompt(QStringLiteral("Shorten"), QStringLiteral("Make it shorter: "));
        QTRY_COMPARE(lares.library().prompts()->count(), 2);
        lares.type("/sho");
        QTRY_COMPARE(lares.library().prompts()->count(), 1);
        lares.key(Qt::Key_Return);
        QCOMPARE(lares.chat().draft(), QStringLiteral("Make it shorter: "));
        lares.type("x");
        QCOMPARE(lares.chat().draft(), QStringLiteral("Make it shorter: x"));
        QVERIFY(lares.click("prompts"));  // now it saves what stands there
        QVERIFY(lares.opened("savePromptDialog"));
        lares.type("Third");
        lares.key(Qt::Key_Return);
        lares.chat().setDraft({});
        QTRY_COMPARE(lares.library().prompts()->count(), 3);
    }

    void filesArePasted() {
        Chat lares(Samples::none, 1);
        QVERIFY(lares.ready && lares.loadModel());
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("list.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("eggs");
        file.close();
        QFile picture(folder.filePath(QStringLiteral("picture.png")));
        QVERIFY(picture.open(QIODevice::WriteOnly));
        picture.write("\x89PNG\r\n\0\xff", 8);
        picture.close();
        auto* data = new QMimeData;
        data->setUrls({QUrl::fromLocalFile(file.fileName())});
        QGuiApplication::clipboard()->setMimeData(data);
        lares.key(Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(lares.chat().attachments(), QStringList(QStringLiteral("list.txt")));
        lares.chat().attach({QUrl::fromLocalFile(picture.fileName())});
        QVERIFY(lares.chat().errorText().contains(QStringLiteral("is no text")));
        QCOMPARE(lares.chat().attachments().size(), 1);
        QVERIFY(lares.ask("What is in it?"));
        QCOMPARE(lares.messages().first().files, QStringLiteral("list.txt"));
        QVERIFY(lares.chat().attachments().isEmpty());
        lares.chat().dismissError();
    }

    void jumping() {
        Chat lares;
        QVERIFY(lares.ready);
        lares.type("/");  // what was open just before is not in the way
        lares.chat().setDraft({});
        lares.key(Qt::Key_K, Qt::ControlModifier);
        QVERIFY(lares.opened("jumpDialog"));
        lares.type("confidence interval");
        QTest::qWait(100);
        lares.key(Qt::Key_Return);
        QTRY_COMPARE(lares.chat().title(), QStringLiteral("What a confidence interval says"));
        lares.key(Qt::Key_K, Qt::ControlModifier);
        QVERIFY(lares.opened("jumpDialog"));
        lares.type("open the settings");
        lares.key(Qt::Key_Return);
        QTRY_COMPARE(lares.window.navigator().place(), lares::ui::Navigator::Settings);
    }

    void searchingWithFilters() {
        Chat lares;
        QVERIFY(lares.ready);
        const int all = lares.chats().count();
        lares.key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        lares.type("confidence");
        QTRY_VERIFY(lares.chats().count() < all && lares.chats().count() > 0);
        QTRY_VERIFY(lares.item("searchWho") != nullptr);
        lares.chats().setWho(ChatListModel::Me);
        QTRY_VERIFY(lares.chats().index(0, 0).data(ChatListModel::HitMessageRole).toDouble() > 0);
        lares.chats().open(lares.chats().index(0, 0).data(ChatListModel::ChatIdRole).toDouble(),
                           lares.chats().index(0, 0).data(ChatListModel::HitMessageRole).toDouble());
        QTRY_COMPARE(lares.chat().title(), QStringLiteral("What a confidence interval says"));
        lares.chats().setSearchText({});
        QTRY_COMPARE(lares.chats().count(), all);
    }

    void pinnedAndInFolders() {
        Chat lares;
        QVERIFY(lares.ready);
        const QString last = lares.titles().last(), second = lares.titles().at(1);
        const auto idOf = [&](const QString& title) {
            return lares.chats()
                .index(int(lares.titles().indexOf(title)), 0)
                .data(ChatListModel::ChatIdRole)
                .toDouble();
        };
        lares.chats().setPinned(idOf(last), true);
        QTRY_COMPARE(lares.titles().first(), last);
        QCOMPARE(lares.chats().index(0, 0).data(ChatListModel::SectionRole).toString(), QStringLiteral("Pinned"));
        lares.chats().moveToNewFolder(idOf(second), QStringLiteral("Work"));
        QTRY_COMPARE(lares.titles().at(1), second);
        QCOMPARE(lares.chats().index(1, 0).data(ChatListModel::SectionRole).toString(), QStringLiteral("Work"));
        QCOMPARE(lares.library().folders()->count(), 1);
    }

    void theTrashGivesBack() {
        Chat lares;
        QVERIFY(lares.ready);
        const QString title = lares.titles().first();
        QVERIFY(lares.openChat(title));
        lares.key(Qt::Key_Delete, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(!lares.titles().contains(title));
        QVERIFY(lares.click("trashRow"));
        QVERIFY(lares.opened("trashDialog"));
        QTRY_COMPARE(lares.library().trash()->count(), 1);
        QVERIFY(lares.click("restore"));
        QTRY_VERIFY(lares.titles().contains(title));
        lares.chats().remove(lares.chats().index(0, 0).data(ChatListModel::ChatIdRole).toDouble());
        lares.library().readTrash();
        QTRY_COMPARE(lares.library().trash()->count(), 1);
        QVERIFY(lares.click("emptyTrash"));
        QCOMPARE(lares.library().trash()->count(), 1);  // it asks once more
        QVERIFY(lares.click("emptyTrash"));
        QTRY_COMPARE(lares.library().trash()->count(), 0);
    }

    void aTemporaryChatIsInNoList() {
        Chat lares(Samples::none, 1);
        QVERIFY(lares.ready && lares.loadModel());
        lares.key(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(lares.chat().temporary());
        QTRY_VERIFY(lares.item("temporaryNotice") != nullptr);
        QVERIFY(lares.ask("Secret"));
        QVERIFY(lares.chat().temporary());
        QCOMPARE(lares.chats().count(), 0);
        lares.chats().duplicate(lares.chat().chatId());
        QTRY_COMPARE(lares.chats().count(), 1);
        QTRY_VERIFY(!lares.chat().temporary());
        QTRY_COMPARE(lares.messages().size(), 2);
    }

    void optionsOfAChat() {
        Chat lares(Samples::none, 1);
        QVERIFY(lares.ready && lares.loadModel());
        QVERIFY(lares.ask("Hi"));
        QVERIFY(lares.click("chatOptions"));
        QVERIFY(lares.opened("chatOptionsDialog"));
        lares.type("Be brief.");
        lares.key(Qt::Key_Escape);
        QTRY_COMPARE(lares.library().systemPrompt(), QStringLiteral("Be brief."));
        lares.library().saveAssistant(QStringLiteral("Brief"));
        QTRY_COMPARE(lares.library().assistants()->count(), 1);
        lares.key(Qt::Key_N, Qt::ControlModifier);
        QTRY_VERIFY(!lares.library().ownSystemPrompt());
        QVERIFY(lares.ask("Hi again"));
        lares.library().applyAssistant(double(lares.library().assistants()->rows().first().id));
        QTRY_COMPARE(lares.library().systemPrompt(), QStringLiteral("Be brief."));
        QCOMPARE(lares.library().assistant(), QStringLiteral("Brief"));
    }

    void aNearlyFullContextAsks() {
        Chat lares(Samples::none, 1);
        QVERIFY(lares.ready);
        lares.offline.composition().settings().setValue(lares::app::setting::kContextLength, 60);
        QVERIFY(lares.loadModel());
        for (const char* question : {"One", "Two", "Three"}) QVERIFY(lares.ask(question));
        QVERIFY(lares.chat().nearlyFull());
        QVERIFY(lares.click("leaveOut"));
        QTRY_VERIFY(lares.item("undoSummary") != nullptr);
        QVERIFY(lares.click("undoSummary"));
        QTRY_VERIFY(lares.item("undoSummary") == nullptr || !lares.item("undoSummary")->isVisible());
        QCOMPARE(lares.messages().size(), 6);
    }

    void aFullDiskIsSaid() {
        const lares::storage_test::FullDisk disk;
        Chat lares(Samples::none, 1);
        QVERIFY(lares.ready && lares.loadModel());
        QVERIFY(lares.ask("One"));
        lares::storage_test::FullDisk::fill(0);
        lares.type("Two");
        lares.key(Qt::Key_Return);
        QTRY_VERIFY(lares.item("storeFull") != nullptr);
        QTRY_COMPARE(lares.chat().draft(), QStringLiteral("Two"));
        QVERIFY(!lares.chat().canSend());
        lares::storage_test::FullDisk::makeRoom();
        QTRY_VERIFY(lares.item("storeFull") == nullptr);
        QVERIFY(lares.chat().canSend());
    }
};

QTEST_MAIN(TestChatWindow)
#include "tst_chat_window.moc"
