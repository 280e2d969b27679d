// The disk fills up while people chat: it is said, nothing that was said is cut, and all goes on once there is room.
#include "tests/app/chat_view.h"
#include "tests/app/service_fixture.h"
#include "tests/storage/full_disk.h"

using namespace lares::app;
using lares::storage_test::FullDisk;
using lares::test::ChatView;
using lares::test::ServiceFixture;

class TestFullDisk : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { FullDisk::makeRoom(); }
    void anAnswerIsKeptUntilThereIsRoom();
    void aQuestionIsGivenBack();
    void draftsWait();

 private:
    FullDisk m_disk;
};

void TestFullDisk::anAnswerIsKeptUntilThereIsRoom() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    ChatView view(f.chats());
    QSignalSpy full(&f.chats(), &ChatService::storeFullChanged), failed(&f.chats(), &ChatService::failed);
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.answerId != 0 && !view.messages.last().text.isEmpty());
    FullDisk::fill(0);
    QTRY_COMPARE(full.count(), 1);  // by the next save, a second later at most
    QVERIFY(f.chats().isStoreFull());
    f.script->holdAnswer = false;
    QTRY_VERIFY(view.settled());
    QCOMPARE(view.messages.last().state, MessageState::complete);
    // Opened anew it is as it was said, not as the store has it.
    f.chats().openChat(view.chatId);
    QTRY_COMPARE(view.messages.last().text.toStdString(), f.script->answer);
    QCOMPARE(view.messages.last().state, MessageState::complete);
    QTest::qWait(2500);  // tried again, in vain
    QVERIFY(f.chats().isStoreFull());
    FullDisk::makeRoom();
    QTRY_COMPARE(full.count(), 2);
    QVERIFY(!f.chats().isStoreFull());
    QCOMPARE(f.store().chats.message(view.answerId).text, f.script->answer);
    QVERIFY(f.store().chats.message(view.answerId).state == lares::storage::MessageState::complete);
    QCOMPARE(failed.count(), 0);  // a banner says it, not one sentence a second
}

void TestFullDisk::aQuestionIsGivenBack() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("One"));
    QTRY_VERIFY(view.settled());
    QTRY_COMPARE(f.store().chats.message(view.answerId).text, f.script->answer);
    FullDisk::fill(0);
    QSignalSpy back(&f.chats(), &ChatService::submitFailed), full(&f.chats(), &ChatService::storeFullChanged);
    f.chats().submit(view.chatId, QStringLiteral("Two"));
    QTRY_COMPARE(back.count(), 1);
    QCOMPARE(back.first().at(1).toString(), QStringLiteral("Two"));
    QCOMPARE(full.count(), 1);
    QCOMPARE(f.store().chats.shownMessages(view.chatId).size(), std::size_t{2});
    FullDisk::makeRoom();
    QTRY_COMPARE(full.count(), 2);  // found out by itself
    f.chats().submit(view.chatId, QStringLiteral("Two"));
    QTRY_VERIFY(view.messages.size() == 4 && view.settled());
}

void TestFullDisk::draftsWait() {
    ServiceFixture f;
    LibraryService& library = f.composition->library();
    QSignalSpy failed(&library, &LibraryService::failed);
    library.load();
    FullDisk::fill(0);
    library.setDraft(0, QStringLiteral("half"));
    QTest::qWait(1200);
    QCOMPARE(failed.count(), 0);
    QCOMPARE(library.draft(0), QStringLiteral("half"));
    FullDisk::makeRoom();
    library.setDraft(0, QStringLiteral("half and more"));
    QTRY_COMPARE(f.store().library.drafts().size(), std::size_t{1});
    QCOMPARE(f.store().library.drafts().front().second, std::string("half and more"));
}

QTEST_GUILESS_MAIN(TestFullDisk)
#include "tst_full_disk.moc"
