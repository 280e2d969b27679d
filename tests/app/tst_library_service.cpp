// Folders, pins, copies, assistants, saved prompts, drafts over a restart, the trash emptied for real, titles that a
// model proposes.
#include "app/services/settings/settings_service.h"
#include "tests/app/chat_view.h"
#include "tests/app/service_fixture.h"

#include <QDirIterator>

using namespace lares::app;
using lares::test::ChatView;
using lares::test::ServiceFixture;

class TestLibraryService : public QObject {
    Q_OBJECT

 private slots:
    void folders();
    void pinsAndCopies();
    void assistantsAndPrompts();
    void draftsSurviveARestart();
    void theTrash();
    void emptiedMeansGone();
    void aTitleIsProposedOnce();
    void aTypedTitleStays();
    void titlesCanBeOff();
};

void TestLibraryService::folders() {
    ServiceFixture f;
    LibraryService& library = f.composition->library();
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    library.addFolder(QStringLiteral("  "));
    library.addFolder(QStringLiteral(" Work "), view.chatId);
    QTRY_COMPARE(library.items().folders.size(), 1);
    QCOMPARE(library.items().folders.first().name, QStringLiteral("Work"));
    const qint64 folder = library.items().folders.first().id;
    QTRY_COMPARE(f.chats().chats().first().folderId, folder);
    library.renameFolder(folder, QStringLiteral("Home"));
    QTRY_COMPARE(library.items().folders.first().name, QStringLiteral("Home"));
    library.moveToFolder(view.chatId, 0);
    QTRY_COMPARE(f.chats().chats().first().folderId, qint64(0));
    library.moveToFolder(view.chatId, folder);
    QTRY_COMPARE(f.chats().chats().first().folderId, folder);
    library.removeFolder(folder);
    QTRY_VERIFY(library.items().folders.isEmpty());
    QTRY_COMPARE(f.chats().chats().first().folderId, qint64(0));
    QSignalSpy failed(&library, &LibraryService::failed);
    library.moveToFolder(view.chatId, folder);
    QTRY_COMPARE(failed.count(), 1);
}

void TestLibraryService::pinsAndCopies() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    LibraryService& library = f.composition->library();
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    library.setPinned(view.chatId, true);
    QTRY_VERIFY(f.chats().chats().first().pinned);
    QSignalSpy copied(&library, &LibraryService::duplicated);
    library.duplicate(view.chatId, QStringLiteral("Hi, again"));
    QTRY_COMPARE(copied.count(), 1);
    const qint64 copy = copied.first().first().toLongLong();
    QTRY_COMPARE(f.chats().chats().size(), 2);
    f.chats().openChat(copy);
    QTRY_COMPARE(view.chatId, copy);
    QCOMPARE(view.title, QStringLiteral("Hi, again"));
    QCOMPARE(view.messages.size(), 2);
    // A temporary chat becomes one that is kept.
    f.chats().submit(ChatService::kNewTemporaryChat, QStringLiteral("Secret"));
    QTRY_VERIFY(view.messages.size() == 4 && view.settled());
    library.duplicate(view.chatId, QStringLiteral("Kept"));
    QTRY_COMPARE(f.chats().chats().size(), 3);
    QCOMPARE(f.store().chats.shownMessages(copied.last().first().toLongLong()).front().text, std::string("Secret"));
}

void TestLibraryService::assistantsAndPrompts() {
    ServiceFixture f;
    const ChatOptions options{{QStringLiteral("systemPrompt"), QStringLiteral("Be brief.")}};
    f.composition->library().putAssistant({0, QStringLiteral("Brief"), options});
    f.composition->library().putPrompt({0, QStringLiteral("Greet"), QStringLiteral("Say hello to")});
    f.composition->library().putPrompt({0, QStringLiteral("Nothing"), QStringLiteral("  ")});
    QTRY_COMPARE(f.composition->library().items().prompts.size(), 1);
    f.restart();
    LibraryService& library = f.composition->library();
    library.load();
    QTRY_COMPARE(library.items().assistants.size(), 1);
    AssistantItem assistant = library.items().assistants.first();
    QCOMPARE(assistant.options, options);
    assistant.name = QStringLiteral("Terse");
    library.putAssistant(assistant);
    QTRY_COMPARE(library.items().assistants.first().name, QStringLiteral("Terse"));
    QCOMPARE(library.items().assistants.size(), 1);
    library.removeAssistant(assistant.id);
    library.removePrompt(library.items().prompts.first().id);
    QTRY_VERIFY(library.items().assistants.isEmpty() && library.items().prompts.isEmpty());
}

void TestLibraryService::draftsSurviveARestart() {
    ServiceFixture f;
    f.composition->library().setDraft(0, QStringLiteral("half a quest"));
    f.composition->library().setDraft(0, QStringLiteral("half a question"));
    f.composition->library().setDraft(5, QStringLiteral("of a chat"));
    f.composition->library().setDraft(5, QString());
    f.restart();
    f.composition->library().load();
    QTRY_COMPARE(f.composition->library().draft(0), QStringLiteral("half a question"));
    QVERIFY(!f.composition->library().items().drafts.contains(5));
    // Also when the program is killed, once the moment after the last key is over.
    f.composition->library().setDraft(0, QStringLiteral("and more"));
    QTRY_COMPARE(f.store().library.drafts().front().second, std::string("and more"));
}

void TestLibraryService::theTrash() {
    ServiceFixture f;
    LibraryService& library = f.composition->library();
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    const qint64 chatId = view.chatId;
    f.chats().deleteChat(chatId);
    QTRY_VERIFY(f.chats().chats().isEmpty());
    QSignalSpy listed(&library, &LibraryService::trashListed);
    library.listTrash();
    QTRY_COMPARE(listed.count(), 1);
    const auto items = listed.first().first().value<QList<TrashItem>>();
    QCOMPARE(items.size(), 1);
    QCOMPARE(items.first().title, QStringLiteral("Hi"));
    QVERIFY(qAbs(items.first().deletedAtMs - QDateTime::currentMSecsSinceEpoch()) < 60'000);
    library.restore(chatId);
    QTRY_COMPARE(f.chats().chats().size(), 1);
    QVERIFY(listed.last().first().value<QList<TrashItem>>().isEmpty());
    f.chats().deleteChat(chatId);
    QTRY_VERIFY(f.chats().chats().isEmpty());
    library.erase(chatId);
    QTRY_COMPARE(listed.count(), 3);
    QSignalSpy failed(&library, &LibraryService::failed);
    library.restore(chatId);
    QTRY_COMPARE(failed.count(), 1);
}

void TestLibraryService::emptiedMeansGone() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->answer = "an answer with quetzalmarker in it";
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("quetzalmarker?"),
                     {{QStringLiteral("quetzalmarker.txt"), QStringLiteral("quetzalmarker")}},
                     {{QStringLiteral("systemPrompt"), QStringLiteral("quetzalmarker!")}});
    QTRY_VERIFY(view.settled());
    f.chats().edit(view.messages.first().id, QStringLiteral("quetzalmarker, said anew"));
    QTRY_VERIFY(view.messages.first().siblingCount == 2 && view.settled());
    f.chats().putSummary(view.messages.last().id, QStringLiteral("about quetzalmarker"));
    f.composition->library().setDraft(view.chatId, QStringLiteral("more quetzalmarker"));
    QTRY_VERIFY(!f.store().library.drafts().empty());
    const auto filesWithIt = [&] {
        QStringList names;
        QDirIterator files(f.folder.path(), QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly) && file.readAll().contains("quetzalmarker")) names += files.fileName();
        }
        return names;
    };
    QVERIFY(!filesWithIt().isEmpty());
    f.chats().deleteChat(view.chatId);
    QTRY_VERIFY(f.chats().chats().isEmpty());
    QSignalSpy listed(&f.composition->library(), &LibraryService::trashListed);
    f.composition->library().emptyTrash();
    QTRY_COMPARE(listed.count(), 1);
    QCOMPARE(filesWithIt(), QStringList());
    f.composition.reset();
    QCOMPARE(filesWithIt(), QStringList());
}

void TestLibraryService::aTitleIsProposedOnce() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->title = "\"Sleep of swifts.\"";
    ChatView view(f.chats());
    QSignalSpy titled(&f.composition->sideQuestions(), &SideQuestions::titled);
    f.chats().submit(0, QStringLiteral("Where do swifts sleep?"));
    QTRY_VERIFY(view.settled());
    QTRY_COMPARE(titled.count(), 1);
    QTRY_COMPARE(f.chats().chats().first().title, QStringLiteral("Sleep of swifts"));
    QCOMPARE(f.store().chats.shownMessages(view.chatId).size(), std::size_t{2});  // nothing of it is in the chat
    f.script->title = "Another";
    f.chats().submit(view.chatId, QStringLiteral("And martins?"));
    QTRY_VERIFY(view.messages.size() == 4 && view.settled());
    QTest::qWait(2500);
    QCOMPARE(f.chats().chats().first().title, QStringLiteral("Sleep of swifts"));
}

void TestLibraryService::aTypedTitleStays() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->title = "Theirs";
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    f.chats().renameChat(view.chatId, QStringLiteral("Mine"));
    QTest::qWait(2500);
    QCOMPARE(f.chats().chats().first().title, QStringLiteral("Mine"));
}

void TestLibraryService::titlesCanBeOff() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->title = "Theirs";
    f.settings().setValue(setting::kSuggestTitles, QStringLiteral("off"));
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    QTest::qWait(2500);
    QCOMPARE(f.chats().chats().first().title, QStringLiteral("Hi"));
}

QTEST_GUILESS_MAIN(TestLibraryService)
#include "tst_library_service.moc"
