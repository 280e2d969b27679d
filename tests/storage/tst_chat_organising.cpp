// Chats as wholes: pins, folders, options, copies, whole trees in and out, the trash list, temporary chats, and that
// nothing of what was erased is in any byte of the folder.
#include "tests/storage/storage_fixture.h"

#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

std::vector<std::string> textsOf(const std::vector<MessageRow>& rows) {
    std::vector<std::string> texts;
    for (const MessageRow& row : rows) texts.push_back(row.text);
    return texts;
}

using Texts = std::vector<std::string>;

bool isNotFound(const std::optional<Error>& error) {
    return error && error->kind() == ErrorKind::notFound;
}

/// A question with a file, two answers to it, a second question under the first of them; the second answer is shown.
std::int64_t branchedChat(ChatStore& chats, const std::string& word = "") {
    const auto chatId = chats.createChat("branched " + word, 10);
    const auto q1 = chats.addMessage(chatId, 0, Role::user, "q1 " + word, MessageState::complete, 11,
                                     {{"notes.txt", "the notes " + word}, {"more.txt", "more"}});
    const auto a1 = chats.addMessage(chatId, q1, Role::assistant, "a1", MessageState::complete, 12);
    chats.finishMessage(a1, "a1", MessageState::complete, "{\"seed\":\"7\"}");
    chats.addMessage(chatId, a1, Role::user, "q2", MessageState::complete, 13);
    const auto again = chats.addMessage(chatId, q1, Role::assistant, "a1 again", MessageState::writing, 14);
    chats.putSummary(q1, "about " + word, 15);
    (void)again;
    return chatId;
}

}  // namespace

class ChatOrganisingTest : public QObject {
    Q_OBJECT

 private slots:
    void pinsAndFolders();
    void titlesProposed();
    void optionsAreKept();
    void aCopyHasEverything();
    void wholeTrees();
    void summariesComeWithThePath();
    void theTrashIsListed();
    void erasedTextIsInNoFile();
    void temporaryChatsAreNeverWritten();
    void searchFilters();
    void libraryRows();
};

void ChatOrganisingTest::pinsAndFolders() {
    Stores stores(Database::inMemory());
    const auto chatId = stores.chats.createChat("chat", 1);
    const auto folder = stores.library.addFolder("Work", 1);
    stores.chats.setPinned(chatId, 5);
    stores.chats.moveToFolder(chatId, folder);
    ChatRow row = stores.chats.listChats().front();
    QCOMPARE(row.pinnedAtMs, std::int64_t(5));
    QCOMPARE(row.folderId, folder);
    QVERIFY(isNotFound(errorOf([&] { stores.chats.moveToFolder(chatId, 99); })));
    QVERIFY(isNotFound(errorOf([&] { stores.chats.setPinned(99, 1); })));
    stores.chats.setPinned(chatId, 0);
    stores.library.renameFolder(folder, "Home");
    QCOMPARE(stores.library.folders().front().name, std::string("Home"));
    stores.library.removeFolder(folder);
    row = stores.chats.listChats().front();
    QCOMPARE(row.pinnedAtMs, std::int64_t(0));
    QCOMPARE(row.folderId, std::int64_t(0));
    QVERIFY(isNotFound(errorOf([&] { stores.library.renameFolder(folder, "x"); })));
}

void ChatOrganisingTest::titlesProposed() {
    Stores stores(Database::inMemory());
    const auto chatId = stores.chats.createChat("first words", 1);
    QVERIFY(stores.chats.proposeTitle(chatId, "Better"));
    QCOMPARE(stores.chats.chat(chatId).title, std::string("Better"));
    QVERIFY(!stores.chats.proposeTitle(chatId, "Yet another"));
    stores.chats.renameChat(chatId, "Mine");
    QVERIFY(!stores.chats.proposeTitle(chatId, "Theirs"));
    QCOMPARE(stores.chats.chat(chatId).title, std::string("Mine"));
    QVERIFY(stores.chats.chat(chatId).titleBy == TitleBy::person);
}

void ChatOrganisingTest::optionsAreKept() {
    Stores stores(Database::inMemory());
    const auto chatId = stores.chats.createChat("chat", 1);
    QCOMPARE(stores.chats.options(chatId), std::string("{}"));
    stores.chats.setOptions(chatId, "{\"systemPrompt\":\"Be brief.\"}");
    QCOMPARE(stores.chats.options(chatId), std::string("{\"systemPrompt\":\"Be brief.\"}"));
    QVERIFY(isNotFound(errorOf([&] { stores.chats.options(99); })));
    QVERIFY(isNotFound(errorOf([&] { stores.chats.setOptions(99, "{}"); })));
}

void ChatOrganisingTest::aCopyHasEverything() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    chats.createChat("other", 1);
    const auto chatId = branchedChat(chats);
    chats.setOptions(chatId, "{\"a\":1}");
    const auto copy = chats.duplicateChat(chatId, "copy", 99);
    QCOMPARE(chats.chat(copy).title, std::string("copy"));
    QCOMPARE(chats.options(copy), std::string("{\"a\":1}"));
    const auto shown = chats.shownMessages(copy);
    QCOMPARE(textsOf(shown), (Texts{"q1 ", "a1 again"}));
    QCOMPARE(shown[0].attachments.size(), std::size_t(2));
    QCOMPARE(shown[0].attachments[0], (Attachment{"notes.txt", "the notes "}));
    QCOMPARE(shown[0].summary.value_or("none"), std::string("about "));
    QVERIFY(shown[1].state == MessageState::stopped);
    QCOMPARE(shown[1].siblingCount, 2);
    chats.showBranch(chats.sibling(shown[1].id, -1));
    QCOMPARE(textsOf(chats.shownMessages(copy)), (Texts{"q1 ", "a1", "q2"}));
    QCOMPARE(chats.shownMessages(copy)[1].details, std::string("{\"seed\":\"7\"}"));
    // The original is as it was, and each goes its own way.
    QCOMPARE(textsOf(chats.shownMessages(chatId)), (Texts{"q1 ", "a1 again"}));
    chats.eraseChat(chatId, 100);
    QCOMPARE(textsOf(chats.shownMessages(copy)), (Texts{"q1 ", "a1", "q2"}));
    QCOMPARE(verdict(stores.database), std::string("ok"));
    const auto empty = chats.duplicateChat(chats.createChat("empty", 1), "copy of nothing", 5);
    QVERIFY(chats.shownMessages(empty).empty());
    QVERIFY(isNotFound(errorOf([&] { chats.duplicateChat(9999, "x", 1); })));
}

void ChatOrganisingTest::wholeTrees() {
    Stores stores(Database::inMemory());
    const auto chatId = branchedChat(stores.chats, "word");
    const ChatTree tree = stores.chats.tree(chatId);
    QCOMPARE(tree.messages.size(), std::size_t(4));
    QCOMPARE(tree.leaf, 3);
    QCOMPARE(tree.messages[3].parent, 0);
    const auto copy = stores.chats.addTree(tree);
    QCOMPARE(textsOf(stores.chats.shownMessages(copy)), (Texts{"q1 word", "a1 again"}));
    const ChatTree again = stores.chats.tree(copy);
    QCOMPARE(again.title, tree.title);
    QCOMPARE(again.createdAtMs, tree.createdAtMs);
    QCOMPARE(again.messages[0].attachments, tree.messages[0].attachments);
    QCOMPARE(again.messages[1].details, std::string("{\"seed\":\"7\"}"));
    QCOMPARE(stores.chats.tree(stores.chats.addTree({.title = "empty", .messages = {}})).leaf, -1);
}

void ChatOrganisingTest::summariesComeWithThePath() {
    Stores stores(Database::inMemory());
    const auto chatId = branchedChat(stores.chats, "word");
    const auto first = stores.chats.shownMessages(chatId).front();
    QCOMPARE(first.summary.value_or("none"), std::string("about word"));
    stores.chats.putSummary(first.id, "", 20);
    QCOMPARE(stores.chats.message(first.id).summary.value_or("none"), std::string());
    stores.chats.removeSummary(first.id);
    QVERIFY(!stores.chats.message(first.id).summary);
    QVERIFY(isNotFound(errorOf([&] { stores.chats.putSummary(99, "", 1); })));
}

void ChatOrganisingTest::theTrashIsListed() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const auto a = chats.createChat("a", 1), b = chats.createChat("b", 2);
    chats.createChat("shown", 3);
    chats.deleteChat(a, 10);
    chats.deleteChat(b, 9);
    const auto rows = chats.listDeleted();
    QCOMPARE(rows.size(), std::size_t(2));
    QCOMPARE(rows[0].id, a);
    QCOMPARE(rows[0].deletedAtMs, std::int64_t(10));
    chats.eraseChat(a, 20);
    QVERIFY(isNotFound(errorOf([&] { chats.eraseChat(a, 20); })));
    QCOMPARE(chats.listDeleted().size(), std::size_t(1));
}

void ChatOrganisingTest::erasedTextIsInNoFile() {
    const StoreFolder folder;
    { Database::open(folder.path(), shippedSteps(3)); }
    Stores stores(Database::open(folder.path()));
    const std::string word = "quetzalmarker", other = "harmlessmarker";
    const auto chatId = branchedChat(stores.chats, word);
    branchedChat(stores.chats, other);
    const auto copy = stores.chats.duplicateChat(chatId, "copy " + word, 20);
    const auto edited = stores.chats.addMessage(chatId, 0, Role::user, word + " anew", MessageState::complete, 21);
    stores.chats.saveText(edited, "nothing", MessageState::complete);
    stores.chats.setOptions(chatId, "{\"systemPrompt\":\"" + word + "\"}");
    stores.library.setDraft(chatId, "draft " + word);
    stores.chats.renameChat(chatId, "renamed " + word);
    stores.chats.proposeTitle(copy, word);
    QVERIFY(filesWith(folder.folder(), word).size() >= 1);
    stores.chats.deleteChat(chatId, 30);
    stores.chats.deleteChat(copy, 30);
    QVERIFY(!filesWith(folder.folder(), word).empty());
    QCOMPARE(stores.chats.purgeDeleted(31), 2);
    const auto left = filesWith(folder.folder(), word);
    QVERIFY2(left.empty(), (left.empty() ? "" : left.front()).c_str());
    QVERIFY(!filesWith(folder.folder(), other).empty());
    QVERIFY(stores.library.drafts().empty());
    stores.chats.recoverInterrupted();
    QCOMPARE(verdict(stores.database), std::string("ok"));
}

void ChatOrganisingTest::temporaryChatsAreNeverWritten() {
    const StoreFolder folder;
    const std::string word = "quetzalmarker";
    {
        Stores stores(Database::open(folder.path()));
        const auto kept = branchedChat(stores.chats, "kept");
        const auto chatId = branchedChat(stores.temporaryChats(), word);
        QVERIFY(isTemporary(chatId) && !isTemporary(kept));
        QVERIFY(&stores.chatsOf(chatId) == &stores.temporaryChats());
        QVERIFY(&stores.chatsOf(kept) == &stores.chats);
        const auto shown = stores.chatsOf(chatId).shownMessages(chatId);
        QCOMPARE(textsOf(shown), (Texts{"q1 " + word, "a1 again"}));
        QVERIFY(isTemporary(shown.front().id));
        QCOMPARE(stores.chats.listChats().size(), std::size_t(1));
        QVERIFY(filesWith(folder.folder(), word).empty());
    }
    QVERIFY(filesWith(folder.folder(), word).empty());
}

void ChatOrganisingTest::searchFilters() {
    Stores stores(Database::inMemory());
    ChatStore& chats = stores.chats;
    const auto work = stores.library.addFolder("Work", 1);
    const auto old = chats.createChat("old garden", 100), recent = chats.createChat("plants", 100);
    chats.addMessage(old, 0, Role::user, "garden once", MessageState::complete, 1000);
    const auto question = chats.addMessage(recent, 0, Role::user, "which tools", MessageState::complete, 5000);
    chats.addMessage(recent, question, Role::assistant, "garden tools", MessageState::complete, 5001);
    chats.moveToFolder(recent, work);
    const auto found = [&](const SearchQuery& query) {
        std::vector<std::int64_t> ids;
        for (const SearchHit& hit : chats.search(query)) ids.push_back(hit.chatId);
        return ids;
    };
    using Ids = std::vector<std::int64_t>;
    QCOMPARE(found({.text = "garden"}), (Ids{old, recent}));
    QCOMPARE(found({.text = "garden", .role = Role::user}), (Ids{old}));
    QCOMPARE(found({.text = "garden", .role = Role::assistant}), (Ids{recent}));
    QCOMPARE(found({.text = "garden", .sinceMs = 5001}), (Ids{recent}));
    QCOMPARE(found({.text = "garden", .sinceMs = 5002}), (Ids{}));
    QCOMPARE(found({.text = "garden", .beforeMs = 1001}), (Ids{old}));
    QCOMPARE(found({.text = "garden", .folderId = work}), (Ids{recent}));
    QCOMPARE(found({.text = "garden", .folderId = 0}), (Ids{old}));
    QCOMPARE(found({.text = "tools", .role = Role::user, .sinceMs = 1, .beforeMs = 5001, .folderId = work}),
             (Ids{recent}));
    QCOMPARE(chats.search({.text = "garden", .role = Role::user}).front().snippet, std::string("\x02garden\x03 once"));
}

void ChatOrganisingTest::libraryRows() {
    const StoreFolder folder;
    std::int64_t brief = 0;
    {
        Stores stores(Database::open(folder.path()));
        brief = stores.library.putAssistant({0, "brief", "{\"a\":1}"});
        stores.library.putAssistant({0, "Able", "{}"});
        stores.library.putAssistant({brief, "Brief", "{\"a\":2}"});
        stores.library.putPrompt({0, "Greet", "Say hello"});
        stores.library.setDraft(0, "half a question");
        stores.library.setDraft(7, "gone");
        stores.library.setDraft(7, "");
        stores.library.setDraft(0, "half a question, and more");
        stores.library.putModelHash({"/m.gguf", 5, 6, "abc"});
        stores.library.putModelHash({"/m.gguf", 5, 7, "def"});
        QVERIFY(isNotFound(errorOf([&] { stores.library.putPrompt({99, "x", "y"}); })));
    }
    Stores stores(Database::open(folder.path()));
    QCOMPARE(stores.library.assistants().size(), std::size_t(2));
    QCOMPARE(stores.library.assistants()[1].name, std::string("Brief"));
    QCOMPARE(stores.library.assistants()[1].text, std::string("{\"a\":2}"));
    QCOMPARE(stores.library.prompts().front().text, std::string("Say hello"));
    QCOMPARE(stores.library.drafts().size(), std::size_t(1));
    QCOMPARE(stores.library.drafts().front().second, std::string("half a question, and more"));
    QCOMPARE(stores.library.modelHash("/m.gguf", 5, 7).value_or(""), std::string("def"));
    QVERIFY(!stores.library.modelHash("/m.gguf", 5, 6));
    stores.library.removeAssistant(brief);
    stores.library.removePrompt(stores.library.prompts().front().id);
    QCOMPARE(stores.library.assistants().size(), std::size_t(1));
    QVERIFY(stores.library.prompts().empty());
}

QTEST_GUILESS_MAIN(ChatOrganisingTest)
#include "tst_chat_organising.moc"
