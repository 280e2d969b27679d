// How long the hot verbs take with many chats and twenty times as many messages, as many of them in one chat as there
// are chats. Prints what it measures; the limits are generous, because they are there to notice a query that
// stopped using its index. LARES_STORE_CHATS in the environment says how many chats (1,000; a heavy user's store has
// 10,000, which takes minutes to make).
#include "tests/storage/storage_fixture.h"

#include <cmath>
#include <memory>
#include <QElapsedTimer>
#include <QtTest>
#include <random>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

const int kChats = qEnvironmentVariableIntValue("LARES_STORE_CHATS") > 1
                       ? qEnvironmentVariableIntValue("LARES_STORE_CHATS")
                       : 1000;
const int kMessages = 20 * kChats;
const int kLongChat = kChats;

// The limits are for what people run; the sanitizers, which watch every allocation, are given ten times as long.
#ifdef __SANITIZE_ADDRESS__
constexpr double kPatience = 10;
#else
constexpr double kPatience = 1;
#endif

}  // namespace
Q_DECLARE_METATYPE(lares::storage::SearchQuery)
namespace {

constexpr int kVocabulary = 30'000;

/// Words as unequally common as in language: the k-th most common one is said about 1/k as often (Zipf).
class Talker {
 public:
    std::string say(int words) {
        std::string text;
        for (int i = 0; i < words; ++i) {
            const double u = std::uniform_real_distribution<>(0, 1)(m_random);
            const int rank = static_cast<int>(std::pow(kVocabulary, u));
            text += word(rank) + (i % 12 == 11 ? ". " : " ");
        }
        return text;
    }

    static std::string word(int rank) {
        static const char* const syllables[] = {"ta", "re", "mi", "so", "lu",  "ne",
                                                "ka", "di", "po", "va", "shi", "en"};
        std::string text;
        for (int rest = rank + 12; rest > 0; rest /= 12) text += syllables[rest % 12];
        return text;
    }

 private:
    std::mt19937 m_random{20240607};
};

}  // namespace

class StoreSpeedTest : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase();
    void listChats();
    void shownMessages();
    void search_data();
    void search();
    void searchWithFilters_data();
    void searchWithFilters();
    void saveText();
    void purge();

 private:
    /// The shortest of three runs, in milliseconds.
    template <typename Work>
    double timed(const char* what, Work work) {
        double best = 1e9;
        for (int i = 0; i < 3; ++i) {
            QElapsedTimer clock;
            clock.start();
            work();
            best = std::min(best, static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        qInfo("%s: %.2f ms", what, best);
        return best;
    }

    StoreFolder m_folder;
    std::unique_ptr<Stores> m_stores;
    std::int64_t m_longChat = 0;
};

void StoreSpeedTest::initTestCase() {
    m_stores = std::make_unique<Stores>(Database::open(m_folder.path()));
    QElapsedTimer clock;
    clock.start();
    m_stores->database.inTransaction([&] {
        Talker talker;
        ChatStore& chats = m_stores->chats;
        std::int64_t nowMs = 1;
        const auto fill = [&](std::int64_t chatId, int messages) {
            std::int64_t parent = 0;
            for (int i = 0; i < messages; ++i) {
                parent = chats.addMessage(chatId, parent, i % 2 ? Role::assistant : Role::user,
                                          talker.say(i % 2 ? 80 : 20), MessageState::complete, ++nowMs);
            }
        };
        m_longChat = chats.createChat("the long one", 1);
        fill(m_longChat, kLongChat);
        const int rest = kMessages - kLongChat, others = kChats - 1;
        for (int i = 0; i < others; ++i) {
            fill(chats.createChat(talker.say(5), ++nowMs), rest / others + (i < rest % others ? 1 : 0));
        }
    });
    qInfo("made in %.1f s, %.0f MiB", static_cast<double>(clock.elapsed()) / 1e3,
          static_cast<double>(std::filesystem::file_size(m_folder.path().string() + "-wal")) / 1048576);
    clock.restart();
    m_stores.reset();
    m_stores = std::make_unique<Stores>(Database::open(m_folder.path()));
    qInfo("closed and opened in %.1f ms", static_cast<double>(clock.elapsed()));
}

void StoreSpeedTest::listChats() {
    std::size_t rows = 0;
    const double ms = timed("listChats", [&] { rows = m_stores->chats.listChats().size(); });
    QCOMPARE(rows, std::size_t(kChats));
    QVERIFY(ms < 200 * kPatience);
}

void StoreSpeedTest::shownMessages() {
    std::size_t rows = 0;
    const double ms =
        timed("shownMessages of the long chat", [&] { rows = m_stores->chats.shownMessages(m_longChat).size(); });
    QCOMPARE(rows, std::size_t(kLongChat));
    QVERIFY(ms < 500 * kPatience);
}

void StoreSpeedTest::search_data() {
    QTest::addColumn<QString>("text");
    const auto word = [](int rank) { return QString::fromStdString(Talker::word(rank)); };
    QTest::newRow("a rare word") << word(20'000);
    QTest::newRow("two words") << word(300) + ' ' + word(700);
    QTest::newRow("a common word") << word(10) + ' ';
    QTest::newRow("the commonest word") << word(1);
    QTest::newRow("two common words") << word(1) + ' ' + word(2);
    QTest::newRow("one letter") << "t";
    QTest::newRow("two letters") << "ta";
    QTest::newRow("three letters") << "tar";
    QTest::newRow("nothing") << "qqqq";
}

void StoreSpeedTest::search() {
    QFETCH(QString, text);
    std::size_t hits = 0;
    const std::string query = text.toStdString();
    const double ms = timed(qPrintable(QString("search for %1 (%2)").arg(text, QTest::currentDataTag())),
                            [&] { hits = m_stores->chats.search(query, 200).size(); });
    qInfo("%zu hits", hits);
    QCOMPARE(hits > 0, text != "qqqq");
    QVERIFY(ms < 50 * kPatience);
}

void StoreSpeedTest::searchWithFilters_data() {
    QTest::addColumn<SearchQuery>("query");
    const std::string common = Talker::word(1), usual = Talker::word(10) + " ";
    QTest::newRow("mine") << SearchQuery{.text = common, .role = Role::user};
    QTest::newRow("long ago") << SearchQuery{.text = common, .beforeMs = 1000};
    QTest::newRow("long ago, two words") << SearchQuery{.text = usual + common, .beforeMs = 1000};
    QTest::newRow("in an empty folder") << SearchQuery{.text = common, .folderId = 7};
    QTest::newRow("lately") << SearchQuery{.text = common, .sinceMs = kMessages - 100};
}

void StoreSpeedTest::searchWithFilters() {
    QFETCH(SearchQuery, query);
    std::size_t hits = 0;
    const double ms = timed(QTest::currentDataTag(), [&] { hits = m_stores->chats.search(query).size(); });
    qInfo("%zu hits", hits);
    QVERIFY(ms < 50 * kPatience);
}

void StoreSpeedTest::saveText() {
    const auto last = m_stores->chats.shownMessages(m_longChat).back();
    const auto id = m_stores->chats.addMessage(m_longChat, last.id, Role::assistant, "", MessageState::writing, 1);
    const std::string text = childText(20'000);
    QVERIFY(timed("saveText of 20 kB", [&] { m_stores->chats.saveText(id, text, MessageState::writing); }) < 500);
}

void StoreSpeedTest::purge() {
    m_stores->chats.deleteChat(m_stores->chats.listChats().at(77).id, 1);
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(m_stores->chats.purgeDeleted(2), 1);
    qInfo("purge of one chat: %.0f ms", static_cast<double>(clock.elapsed()));
    clock.restart();
    QCOMPARE(m_stores->chats.purgeDeleted(2), 0);
    qInfo("purge of none: %.1f ms", static_cast<double>(clock.nsecsElapsed()) / 1e6);
}

QTEST_GUILESS_MAIN(StoreSpeedTest)
#include "tst_store_speed.moc"
