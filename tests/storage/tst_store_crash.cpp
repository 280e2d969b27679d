// kill -9 at random moments of a process that migrates, writes, deletes and purges: what it said was committed is
// there. LARES_CRASH_ROUNDS in the environment says how often (40), LARES_CRASH_SEED where the dice begin.
//
// The child's lines, each printed once its change was committed: `message CHAT ID BYTES STATE` (the text is that many
// bytes of childText). `deleting CHAT` and `purging` come before their change, because from then on a message may be
// gone.
#include "tests/storage/child_process.h"
#include "tests/storage/storage_fixture.h"

#include <map>
#include <QtTest>
#include <random>
#include <set>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

int fromEnvironment(const char* name, int standard) {
    bool isNumber = false;
    const int value = qEnvironmentVariableIntValue(name, &isNumber);
    return isNumber ? value : standard;
}

/// What the children promised.
struct Promises {
    struct Message {
        std::int64_t chatId = 0;
        std::size_t bytes = 0;
        bool complete = false;
    };
    std::map<std::int64_t, Message> messages;
    std::set<std::int64_t> deleted;  ///< chats that are being deleted, or are
    int purges = 0;

    void take(const QList<QByteArray>& lines) {
        for (const QByteArray& line : lines) {
            const auto words = line.split(' ');
            if (words[0] == "message") {
                messages[words[2].toLongLong()] = {words[1].toLongLong(), words[3].toULongLong(),
                                                   words[4] == "complete"};
            } else if (words[0] == "deleting") {
                deleted.insert(words[1].toLongLong());
            } else if (words[0] == "purging") {
                ++purges;
                std::erase_if(messages, [&](const auto& entry) { return deleted.count(entry.second.chatId) > 0; });
            } else {
                QVERIFY2(line == "opening" || line == "opened" || line == "purged", line.constData());
            }
        }
    }

    void verifyKept(ChatStore& chats) const {
        for (const auto& [id, promised] : messages) {
            const auto error = errorOf([&, id = id] { chats.message(id); });
            QVERIFY2(!error, qPrintable(QString("message %1 is gone").arg(id)));
            const MessageRow row = chats.message(id);
            QCOMPARE(row.chatId, promised.chatId);
            QVERIFY2(
                row.text.size() >= promised.bytes,
                qPrintable(QString("message %1 has %2 of %3 bytes").arg(id).arg(row.text.size()).arg(promised.bytes)));
            QVERIFY2(row.text == childText(row.text.size()), qPrintable(QString("message %1 is garbled").arg(id)));
            QVERIFY(!promised.complete || (row.state == MessageState::complete && row.text.size() == promised.bytes));
            QVERIFY(row.state != MessageState::writing);
        }
    }
};

}  // namespace

class StoreCrashTest : public QObject {
    Q_OBJECT

 private slots:
    void nothingCommittedIsLost();
};

void StoreCrashTest::nothingCommittedIsLost() {
    const int rounds = fromEnvironment("LARES_CRASH_ROUNDS", 40);
    const auto seed = static_cast<unsigned>(fromEnvironment("LARES_CRASH_SEED", 1));
    std::mt19937 random(seed);
    const StoreFolder folder;
    Promises promises;
    int killedOpening = 0, interrupted = 0;
    for (int round = 1; round <= rounds; ++round) {
        {
            Child child({"work", QString::fromStdString(folder.path().string()), QString::number(round),
                         QString::number(seed * 1000 + static_cast<unsigned>(round))});
            QVERIFY(child.said("opening"));
            // Every third time in the migration, which takes a few milliseconds; else anywhere after it.
            const bool inMigration = round % 3 == 0;
            if (!inMigration) QVERIFY(child.said("opened"));
            QTest::qSleep(static_cast<int>(random() % (inMigration ? 25 : 120)));
            QCOMPARE(child.state(), QProcess::Running);
            child.kill();
            const auto lines = child.linesAtEnd();
            killedOpening += !lines.contains("opened");
            promises.take(lines);
        }
        if (QTest::currentTestFailed()) return;
        Stores stores(Database::open(folder.path(), stepsWithExtra(round)));
        interrupted += stores.chats.recoverInterrupted();
        QCOMPARE(verdict(stores.database), std::string("ok"));
        promises.verifyKept(stores.chats);
        if (QTest::currentTestFailed()) {
            qInfo("in round %d of seed %u", round, seed);
            return;
        }
        for (const auto& entry : std::filesystem::directory_iterator(folder.folder())) {
            if (entry.path().string().find(".before-") != std::string::npos) std::filesystem::remove(entry.path());
        }
    }
    qInfo("%d kills: %d while opening, %d answers interrupted, %d purges, %zu messages promised and kept", rounds,
          killedOpening, interrupted, promises.purges, promises.messages.size());
    // Rounds in which nothing happens would prove nothing.
    QVERIFY(killedOpening > 0);
    QVERIFY(interrupted > 0 && promises.purges > 0 && promises.messages.size() > std::size_t(rounds));
}

QTEST_GUILESS_MAIN(StoreCrashTest)
#include "tst_store_crash.moc"
