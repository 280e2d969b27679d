// Search: what is found, in which order, with which marks, and that nothing a person types is taken for query syntax.
#include "tests/storage/storage_fixture.h"

#include <memory>
#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;

class SearchTest : public QObject {
    Q_OBJECT

 private slots:
    void init();
    void titlesFirstThenMessages();
    void everyWordInOneMessage();
    void theLastWordMayBeUnfinished();
    void diacriticsAndCase();
    void onlyWhatIsFinished();
    void changedTextIsFoundAsItIs();
    void snippetsAreMarked();
    void theLimitHolds();
    void nothingIsSyntax_data();
    void nothingIsSyntax();
    void aVeryLongQuery();

 private:
    /// A chat with one message; its id.
    std::int64_t chatWith(const std::string& title, const std::string& text) {
        const auto chatId = m_stores->chats.createChat(title, ++m_nowMs);
        m_stores->chats.addMessage(chatId, 0, Role::user, text, MessageState::complete, ++m_nowMs);
        return chatId;
    }
    std::vector<std::int64_t> found(const std::string& text, int limit = 100) {
        std::vector<std::int64_t> ids;
        for (const SearchHit& hit : m_stores->chats.search(text, limit)) ids.push_back(hit.chatId);
        return ids;
    }
    using Ids = std::vector<std::int64_t>;

    std::unique_ptr<Stores> m_stores;
    std::int64_t m_nowMs = 0;
};

void SearchTest::init() {
    m_stores = std::make_unique<Stores>(Database::inMemory());
}

void SearchTest::titlesFirstThenMessages() {
    const auto inText = chatWith("one", "about garden tools");
    const auto inTitle = chatWith("garden plans", "nothing here");
    const auto inBoth = chatWith("my garden", "garden, garden");
    const auto inTextLater = chatWith("two", "the garden again");
    QCOMPARE(found("garden"), (Ids{inBoth, inTitle, inTextLater, inText}));
    m_stores->chats.touchChat(inTitle, 1000);
    QCOMPARE(found("garden").front(), inTitle);
    const auto hits = m_stores->chats.search("garden", 10);
    QCOMPARE(hits[0].messageId, std::int64_t(0));
    QVERIFY(hits[2].messageId > 0);
    QCOMPARE(hits[2].title, std::string("two"));
    QCOMPARE(hits[0].updatedAtMs, std::int64_t(1000));
    // Of several messages in one chat, the newest.
    const auto later = m_stores->chats.addMessage(inText, 0, Role::user, "garden once more", MessageState::complete, 9);
    QCOMPARE(m_stores->chats.search("garden", 10)[2].messageId, later);
    QCOMPARE(found("garden").size(), std::size_t(4));
}

void SearchTest::everyWordInOneMessage() {
    const auto chatId = chatWith("t", "red apples and green pears");
    m_stores->chats.addMessage(chatId, 0, Role::user, "blue plums", MessageState::complete, 1);
    QCOMPARE(found("pears red"), (Ids{chatId}));
    QVERIFY(found("red plums").empty());
    QVERIFY(found("red nothing").empty());
}

void SearchTest::theLastWordMayBeUnfinished() {
    const auto chatId = chatWith("t", "the constellation of Orion");
    for (const std::string beginning : {"c", "co", "con", "cons", "constell", "constellation"}) {
        QCOMPARE(found(beginning), (Ids{chatId}));
        QCOMPARE(found("orion " + beginning), (Ids{chatId}));
    }
    QVERIFY(found("constell orion").empty());
    QVERIFY(found("stellation").empty());
}

void SearchTest::diacriticsAndCase() {
    const auto chatId = chatWith("Über Café", "naïve résumé Ελλάδα МОСКВА");
    for (const std::string text : {"uber cafe", "ÜBER", "naive", "NAÏVE", "resume", "ελλάδα", "москва"}) {
        QCOMPARE(found(text), (Ids{chatId}));
    }
    const auto cjk = chatWith("t", "東京は日本の首都です。 大阪も大きい");
    QCOMPARE(found("東京"), (Ids{cjk}));  // the beginning of a run of signs; inside one, FTS5 knows no words
    QCOMPARE(found("大阪"), (Ids{cjk}));
    found("首都");
    found("。");
}

void SearchTest::onlyWhatIsFinished() {
    const auto chatId = chatWith("t", "question");
    const auto answer = m_stores->chats.addMessage(chatId, 0, Role::assistant, "begun", MessageState::writing, 1);
    m_stores->chats.saveText(answer, "begun andromeda", MessageState::writing);
    QVERIFY(found("andromeda").empty());
    m_stores->chats.finishMessage(answer, "begun andromeda done", MessageState::complete, "{}");
    QCOMPARE(found("andromeda"), (Ids{chatId}));
}

void SearchTest::changedTextIsFoundAsItIs() {
    const auto chatId = chatWith("t", "alpha beta");
    const auto id = m_stores->chats.chat(chatId).leafId;
    m_stores->chats.finishMessage(id, "alpha gamma", MessageState::complete, "{}");
    QCOMPARE(found("alpha"), (Ids{chatId}));
    QCOMPARE(found("gamma"), (Ids{chatId}));
    QVERIFY(found("beta").empty());
    m_stores->chats.saveText(id, "alpha delta", MessageState::writing);
    QVERIFY(found("alpha").empty());
    m_stores->chats.saveText(id, "alpha delta", MessageState::stopped);
    QCOMPARE(found("delta alpha"), (Ids{chatId}));
    m_stores->chats.renameChat(chatId, "t epsilon");
    m_stores->chats.renameChat(chatId, "t zeta");
    QVERIFY(found("epsilon").empty());
    QCOMPARE(found("t zeta"), (Ids{chatId}));
    QCOMPARE(verdict(m_stores->database), std::string("ok"));
}

void SearchTest::snippetsAreMarked() {
    chatWith("t", childText(3000) + " here is the Nébuleuse we seek " + childText(3000));
    const std::string snippet = m_stores->chats.search("nebul", 10).front().snippet;
    QVERIFY2(snippet.find("the \x02Nébuleuse\x03 we") != std::string::npos, snippet.c_str());
    QVERIFY(snippet.size() < 400);
    QVERIFY(snippet.rfind("…", 0) == 0);
    chatWith("short comet", "x");
    QCOMPARE(m_stores->chats.search("comet", 10).front().snippet, std::string("short \x02"
                                                                              "comet\x03"));
}

void SearchTest::theLimitHolds() {
    for (int i = 0; i < 20; ++i) chatWith(i % 2 ? "word" : "t", "word");
    QCOMPARE(found("word", 100).size(), std::size_t(20));
    QCOMPARE(found("word", 7).size(), std::size_t(7));
    QCOMPARE(found("word", 15).size(), std::size_t(15));
    QVERIFY(found("word", 0).empty());
}

void SearchTest::nothingIsSyntax_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("finds");
    const auto row = [](const QByteArray& text, bool finds) { QTest::newRow(text.constData()) << text << finds; };
    row("", false);
    row("   \t\n", false);
    row("\"", false);
    row("\"\"\" ***", false);
    row("- — … ?", false);
    row("plain \"", true);
    row("plain —", true);
    row("— plain", true);
    row("\"plain", true);
    row("plain\"text", true);  // one after the other, as a phrase
    row("\"text plain\"", true);
    row("plain AND", true);
    row("plain OR missing", false);
    row("plain NOT text", true);
    row("NEAR(plain text)", false);
    row("text:plain", false);
    row("title:plain", false);
    row("{text title}:plain", false);
    row("^plain", true);
    row("plain*", true);
    row("pl*in", false);
    row("plain +text", true);
    row("-missing", false);
    row("(plain", true);
    row("plain)", true);
    row("'; DROP TABLE chats; --", false);
    row("plain\\", true);
    row("?1", false);
    row("\xff\xfe", false);
    row("plain \xc3", true);
    QTest::newRow("NUL") << QByteArray("pla\0in", 6) << true;
}

void SearchTest::nothingIsSyntax() {
    QFETCH(QByteArray, text);
    QFETCH(bool, finds);
    const auto chatId = chatWith("t", "plain text and or not (near)");
    QCOMPARE(found(text.toStdString()), finds ? Ids{chatId} : Ids{});
}

void SearchTest::aVeryLongQuery() {
    chatWith("t", childText(5000));
    found(childText(100'000));
    found(std::string(100'000, 'x'));
    found(std::string(100'000, '"'));
    QCOMPARE(found(childText(4000)).size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(SearchTest)
#include "tst_search.moc"
