// Chats and their messages: the tree, its branches, deletion with undo and for real, and text of every kind.
#include "tests/storage/storage_fixture.h"

#include <SQLiteCpp/Statement.h>
#include <functional>
#include <memory>
#include <QtTest>
#include <random>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

std::vector<std::string> textsOf(const std::vector<MessageRow>& rows) {
    std::vector<std::string> texts;
    for (const MessageRow& row : rows) texts.push_back(row.text);
    return texts;
}

using Texts = std::vector<std::string>;

/// A chat with a question, its answer, a second question and two answers to that.
struct Talk {
    explicit Talk(ChatStore& chats) : chatId(chats.createChat("talk", 10)) {
        q1 = chats.addMessage(chatId, 0, Role::user, "q1", MessageState::complete, 11);
        a1 = chats.addMessage(chatId, q1, Role::assistant, "a1", MessageState::complete, 12);
        q2 = chats.addMessage(chatId, a1, Role::user, "q2", MessageState::complete, 13);
        a2 = chats.addMessage(chatId, q2, Role::assistant, "a2", MessageState::complete, 14);
        a2again = chats.addMessage(chatId, q2, Role::assistant, "a2 again", MessageState::complete, 15);
    }
    std::int64_t chatId, q1, a1, q2, a2, a2again;
};

void verifyNotFound(const std::function<void()>& work) {
    const auto error = errorOf(work);
    QVERIFY(error.has_value());
    QCOMPARE(int(error->kind()), int(ErrorKind::notFound));
    QVERIFY(QString(error->what()).contains("not there any more"));
}

}  // namespace

class ChatStoreTest : public QObject {
    Q_OBJECT

 private slots:
    void chatsAreListedNewestFirst();
    void aMessageKeepsWhatItWasGiven();
    void theTreeAndItsBranches();
    void regenerateAndEdit();
    void severalFirstMessages();
    void siblings();
    void whatIsNotThere();
    void afterAnErrorThingsAreKept();
    void renameDeleteUndo();
    void purgeTakesOnlyTheOldTrash();
    void purgedTextIsInNoFile();
    void recoverInterrupted();
    void textOfEveryKind_data();
    void textOfEveryKind();
    void tenMegabytes();
};

void ChatStoreTest::chatsAreListedNewestFirst() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    QVERIFY(chats.listChats().empty());
    const auto a = chats.createChat("a", 1), b = chats.createChat("b", 2), c = chats.createChat("c", 2);
    const auto order = [&] {
        std::vector<std::int64_t> ids;
        for (const ChatRow& row : chats.listChats()) ids.push_back(row.id);
        return ids;
    };
    QCOMPARE(order(), (std::vector{c, b, a}));
    chats.touchChat(a, 3);
    QCOMPARE(order(), (std::vector{a, c, b}));
    chats.addMessage(b, 0, Role::user, "hello", MessageState::complete, 4);
    QCOMPARE(order(), (std::vector{b, a, c}));
    const ChatRow row = chats.chat(a);
    QCOMPARE(row.title, std::string("a"));
    QCOMPARE(row.createdAtMs, std::int64_t(1));
    QCOMPARE(row.updatedAtMs, std::int64_t(3));
    QCOMPARE(row.leafId, std::int64_t(0));
}

void ChatStoreTest::aMessageKeepsWhatItWasGiven() {
    const StoreFolder folder;
    std::int64_t id = 0, chatId = 0;
    {
        Stores stores(Database::open(folder.path()));
        chatId = stores.chats.createChat("chat", 1);
        id = stores.chats.addMessage(chatId, 0, Role::assistant, "", MessageState::writing, 77);
        stores.chats.saveText(id, "so far", MessageState::writing);
        QCOMPARE(stores.chats.message(id).details, std::string("{}"));
        stores.chats.finishMessage(id, "so far and on", MessageState::failed, "{\"error\":\"why\"}");
    }
    Stores stores(Database::open(folder.path()));
    const MessageRow row = stores.chats.message(id);
    QCOMPARE(row.chatId, chatId);
    QCOMPARE(row.parentId, std::int64_t(0));
    QVERIFY(row.role == Role::assistant && row.state == MessageState::failed);
    QCOMPARE(row.text, std::string("so far and on"));
    QCOMPARE(row.details, std::string("{\"error\":\"why\"}"));
    QCOMPARE(row.createdAtMs, std::int64_t(77));
}

void ChatStoreTest::theTreeAndItsBranches() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    QVERIFY(chats.shownMessages(chats.createChat("empty", 1)).empty());
    const Talk talk(chats);
    QCOMPARE(textsOf(chats.shownMessages(talk.chatId)), (Texts{"q1", "a1", "q2", "a2 again"}));
    QCOMPARE(textsOf(chats.pathTo(talk.a2)), (Texts{"q1", "a1", "q2", "a2"}));
    QCOMPARE(textsOf(chats.pathTo(talk.q1)), (Texts{"q1"}));
    const MessageRow last = chats.shownMessages(talk.chatId).back();
    QCOMPARE(last.siblingIndex, 1);
    QCOMPARE(last.siblingCount, 2);
    QCOMPARE(chats.message(talk.q2).siblingCount, 1);
}

void ChatStoreTest::regenerateAndEdit() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const Talk talk(chats);
    // The first question said anew, with an answer: everything below the old one stays as a branch.
    const auto edited = chats.addMessage(talk.chatId, 0, Role::user, "q1 anew", MessageState::complete, 20);
    chats.addMessage(talk.chatId, edited, Role::assistant, "a1 anew", MessageState::complete, 21);
    QCOMPARE(textsOf(chats.shownMessages(talk.chatId)), (Texts{"q1 anew", "a1 anew"}));
    chats.showBranch(talk.q1);
    QCOMPARE(textsOf(chats.shownMessages(talk.chatId)), (Texts{"q1", "a1", "q2", "a2 again"}));
    QCOMPARE(chats.shownMessages(talk.chatId).front().siblingCount, 2);
    // The older of two answers, in the middle of a branch that goes on.
    chats.showBranch(talk.a2);
    QCOMPARE(textsOf(chats.shownMessages(talk.chatId)), (Texts{"q1", "a1", "q2", "a2"}));
    const auto q3 = chats.addMessage(talk.chatId, talk.a2, Role::user, "q3", MessageState::complete, 22);
    chats.showBranch(talk.q2);  // down its newest children: the answer that came last, not the longest branch
    QCOMPARE(textsOf(chats.shownMessages(talk.chatId)), (Texts{"q1", "a1", "q2", "a2 again"}));
    chats.showBranch(q3);
    QCOMPARE(chats.chat(talk.chatId).leafId, q3);
}

void ChatStoreTest::severalFirstMessages() {
    Stores stores(Database::inMemory());
    const Talk one(stores.chats), two(stores.chats);
    // First messages of another chat are no siblings, though all have no parent.
    QCOMPARE(stores.chats.message(two.q1).siblingCount, 1);
    stores.chats.addMessage(two.chatId, 0, Role::user, "anew", MessageState::complete, 30);
    QCOMPARE(stores.chats.message(two.q1).siblingCount, 2);
    QCOMPARE(stores.chats.message(one.q1).siblingCount, 1);
}

void ChatStoreTest::siblings() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const Talk talk(chats);
    const auto third = chats.addMessage(talk.chatId, talk.q2, Role::assistant, "third", MessageState::complete, 30);
    QCOMPARE(chats.sibling(talk.a2again, -1), talk.a2);
    QCOMPARE(chats.sibling(talk.a2again, +1), third);
    QCOMPARE(chats.sibling(talk.a2again, 0), talk.a2again);
    QCOMPARE(chats.sibling(talk.a2, -1), talk.a2);
    QCOMPARE(chats.sibling(third, +1), third);
    QCOMPARE(chats.sibling(talk.a2again, -2), talk.a2again);
    QCOMPARE(chats.sibling(talk.q1, +1), talk.q1);
}

void ChatStoreTest::whatIsNotThere() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const Talk talk(chats), other(chats);
    const std::string before = dump(stores.database);
    verifyNotFound([&] { chats.chat(99); });
    verifyNotFound([&] { chats.message(99); });
    verifyNotFound([&] { chats.shownMessages(99); });
    verifyNotFound([&] { chats.pathTo(99); });
    verifyNotFound([&] { chats.showBranch(99); });
    verifyNotFound([&] { chats.sibling(99, 1); });
    verifyNotFound([&] { chats.renameChat(99, "t"); });
    verifyNotFound([&] { chats.deleteChat(99, 1); });
    verifyNotFound([&] { chats.undoDelete(99); });
    verifyNotFound([&] { chats.addMessage(99, 0, Role::user, "t", MessageState::complete, 1); });
    verifyNotFound([&] { chats.addMessage(talk.chatId, 99, Role::user, "t", MessageState::complete, 1); });
    verifyNotFound([&] { chats.addMessage(talk.chatId, other.q1, Role::user, "t", MessageState::complete, 1); });
    chats.saveText(99, "late", MessageState::writing);
    chats.finishMessage(99, "late", MessageState::complete, "{}");
    QCOMPARE(dump(stores.database), before);
}

void ChatStoreTest::afterAnErrorThingsAreKept() {
    const StoreFolder folder;
    {
        Stores stores(Database::open(folder.path()));
        const Talk talk(stores.chats);
        verifyNotFound([&] { stores.chats.addMessage(talk.chatId, 99, Role::user, "t", MessageState::complete, 1); });
        stores.chats.renameChat(talk.chatId, "renamed after the error");
    }
    Stores stores(Database::open(folder.path()));
    QCOMPARE(stores.chats.listChats().front().title, std::string("renamed after the error"));
}

void ChatStoreTest::renameDeleteUndo() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const Talk talk(chats);
    const std::string before = dump(stores.database);
    chats.deleteChat(talk.chatId, 50);
    QVERIFY(chats.listChats().empty());
    QVERIFY(chats.search("q1", 10).empty() && chats.search("talk", 10).empty());
    QCOMPARE(chats.chat(talk.chatId).title, std::string("talk"));
    verifyNotFound([&] { chats.deleteChat(talk.chatId, 51); });  // the first time of deletion counts
    chats.undoDelete(talk.chatId);
    QCOMPARE(dump(stores.database), before);
    chats.undoDelete(talk.chatId);
    QCOMPARE(dump(stores.database), before);
    chats.renameChat(talk.chatId, "conversation");
    QCOMPARE(chats.listChats().front().title, std::string("conversation"));
    QCOMPARE(chats.search("conversation", 10).size(), std::size_t(1));
    QVERIFY(chats.search("talk", 10).empty());
}

void ChatStoreTest::purgeTakesOnlyTheOldTrash() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const Talk old(chats), recent(chats), shown(chats);
    chats.deleteChat(old.chatId, 100);
    chats.deleteChat(recent.chatId, 200);
    QCOMPARE(chats.purgeDeleted(100), 0);
    QCOMPARE(chats.purgeDeleted(200), 1);
    verifyNotFound([&] { chats.chat(old.chatId); });
    verifyNotFound([&] { chats.message(old.q1); });
    verifyNotFound([&] { chats.undoDelete(old.chatId); });
    chats.undoDelete(recent.chatId);
    QCOMPARE(chats.shownMessages(recent.chatId).size(), std::size_t(4));
    QCOMPARE(chats.listChats().size(), std::size_t(2));
    QCOMPARE(verdict(stores.database), std::string("ok"));
    // An id is not given twice: whoever still holds the old one must not meet another chat.
    const auto next = chats.createChat("next", 300);
    QVERIFY(next > shown.chatId);
}

void ChatStoreTest::purgedTextIsInNoFile() {
    const StoreFolder folder;
    std::mt19937 random(7);
    // Words of their own, so that they stand whole in the full-text index too.
    const std::string title = "zanzibarmarker", text = "quetzalmarker", draft = "xylophonemarker";
    { Database::open(folder.path(), shippedSteps(2)); }
    std::unique_ptr<Stores> stores = std::make_unique<Stores>(Database::open(folder.path()));
    ChatStore& chats = stores->chats;
    std::vector<std::int64_t> secret;
    for (int i = 0; i < 60; ++i) {
        const bool isSecret = i % 3 == 0;
        const auto chatId = chats.createChat(isSecret ? "about " + title : "harmless", i);
        stores->database.inTransaction([&] {
            for (std::int64_t parent = 0, n = 0; n < 12; ++n) {
                // Short ones share pages, long ones go on over several.
                std::string words = childText(random() % (n % 4 == 0 ? 20'000 : 200));
                parent = chats.addMessage(chatId, parent, Role::assistant, isSecret ? draft + words : words,
                                          MessageState::writing, i);
                if (isSecret) words.insert(words.size() / 2, " " + text + " ");
                chats.finishMessage(parent, words, MessageState::complete,
                                    isSecret ? "{\"error\":\"" + text + "\"}" : "{}");
            }
        });
        if (isSecret) secret.push_back(chatId);
        if (i == 30) stores->database.connection().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    for (const auto chatId : secret) chats.deleteChat(chatId, 100);
    QVERIFY(filesWith(folder.folder(), text).size() >= 2);  // the database and its WAL: the test can see it
    QVERIFY(!filesWith(folder.folder(), title).empty());
    const std::string backup = folder.path().string() + ".before-0003";
    QVERIFY(std::filesystem::exists(backup));

    constexpr std::int64_t kFarFutureMs = 4'000'000'000'000;
    QCOMPARE(chats.purgeDeleted(kFarFutureMs), 20);
    for (const std::string& word : {title, text, draft}) {
        const auto found = filesWith(folder.folder(), word);
        QVERIFY2(found.empty(), (word + " in " + (found.empty() ? "" : found.front())).c_str());
    }
    QVERIFY(!std::filesystem::exists(backup));
    QCOMPARE(verdict(stores->database), std::string("ok"));
    QCOMPARE(chats.listChats().size(), std::size_t(40));
    stores.reset();
    for (const std::string& word : {title, text, draft}) QVERIFY(filesWith(folder.folder(), word).empty());
}

void ChatStoreTest::recoverInterrupted() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const Talk talk(chats);
    const auto answer = chats.addMessage(talk.chatId, talk.a2, Role::assistant, "", MessageState::writing, 20);
    chats.saveText(answer, "halfway there", MessageState::writing);
    QVERIFY(chats.search("halfway", 10).empty());
    QCOMPARE(chats.recoverInterrupted(), 1);
    const MessageRow row = chats.message(answer);
    QVERIFY(row.state == MessageState::stopped);
    QCOMPARE(row.text, std::string("halfway there"));
    QCOMPARE(chats.search("halfway", 10).size(), std::size_t(1));
    QCOMPARE(chats.recoverInterrupted(), 0);
    QVERIFY(chats.message(talk.a1).state == MessageState::complete);
    QCOMPARE(verdict(stores.database), std::string("ok"));
}

void ChatStoreTest::textOfEveryKind_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("NUL inside") << QByteArray("before\0after", 12);
    QTest::newRow("NUL alone") << QByteArray("\0", 1);
    QTest::newRow("NUL at the end") << QByteArray("end\0", 4);
    QTest::newRow("invalid UTF-8") << QByteArray("a\xff\xfe\xc3(\xed\xa0\x80 b\xf4\x90\x80\x80");
    QTest::newRow("cut UTF-8") << QByteArray("caf\xc3");
    QTest::newRow("emoji and marks") << QByteArray("👩‍👩‍👧 e\u0301 \u202Eltr \x02\x03");
    QTest::newRow("SQL") << QByteArray("'); DROP TABLE messages; --");
    QTest::newRow("one long word") << QByteArray(100'000, 'x');
}

void ChatStoreTest::textOfEveryKind() {
    QFETCH(QByteArray, text);
    const StoreFolder folder;
    const std::string wanted = text.toStdString();
    std::int64_t chatId = 0;
    {
        Stores stores(Database::open(folder.path()));
        chatId = stores.chats.createChat(wanted, 1);
        const auto a = stores.chats.addMessage(chatId, 0, Role::user, wanted, MessageState::complete, 1);
        const auto b = stores.chats.addMessage(chatId, a, Role::assistant, "", MessageState::writing, 1);
        stores.chats.saveText(b, wanted, MessageState::writing);
        stores.chats.finishMessage(b, wanted, MessageState::complete, "{}");
        stores.chats.finishMessage(b, wanted + " and more", MessageState::complete, "{}");
        stores.chats.search(wanted.substr(0, 1000), 10);
    }
    Stores stores(Database::open(folder.path()));
    QVERIFY(stores.chats.chat(chatId).title == wanted);
    const auto rows = stores.chats.shownMessages(chatId);
    QVERIFY(rows.size() == 2 && rows[0].text == wanted && rows[1].text == wanted + " and more");
    QCOMPARE(verdict(stores.database), std::string("ok"));
    stores.chats.deleteChat(chatId, 1);
    QCOMPARE(stores.chats.purgeDeleted(2), 1);
    QCOMPARE(verdict(stores.database), std::string("ok"));
}

void ChatStoreTest::tenMegabytes() {
    const StoreFolder folder;
    const std::string wanted = childText(10'000'000) + " lastword";
    std::int64_t chatId = 0;
    {
        Stores stores(Database::open(folder.path()));
        chatId = stores.chats.createChat("long", 1);
        stores.chats.addMessage(chatId, 0, Role::user, wanted, MessageState::complete, 1);
    }
    Stores stores(Database::open(folder.path()));
    QVERIFY(stores.chats.shownMessages(chatId).front().text == wanted);
    QCOMPARE(stores.chats.search("lastword", 10).size(), std::size_t(1));
    QCOMPARE(verdict(stores.database), std::string("ok"));
}

QTEST_GUILESS_MAIN(ChatStoreTest)
#include "tst_chat_store.moc"
