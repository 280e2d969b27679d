// The process that the store's tests start, watch through a pipe, and kill. What it prints is flushed line by line,
// after the change that the line speaks of was committed.
#include "tests/storage/storage_fixture.h"

#include <SQLiteCpp/Statement.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

template <typename... Values>
void say(const char* format, Values... values) {
    if constexpr (sizeof...(values) == 0) {
        std::fputs(format, stdout);
    } else {
        std::printf(format, values...);
    }
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

/// Opens at the moment (in milliseconds since 1970) that all children of one test are given.
void openAt(const std::string& path, long long momentMs) {
    std::this_thread::sleep_until(std::chrono::system_clock::time_point(std::chrono::milliseconds(momentMs)));
    Stores stores(Database::open(path, stepsWithExtra(1)));
    stores.chats.createChat("from a child", 1);
    say("version %d", stores.database.version());
}

/// Holds the write lock until its input ends.
void hold(const std::string& path) {
    Database database = Database::open(path);
    SQLite::Transaction transaction(database.connection(), SQLite::TransactionBehavior::EXCLUSIVE);
    say("held");
    while (std::getchar() != EOF) {
    }
}

/// A migration that takes far longer than its parent lets it live.
void migrateSlowly(const std::string& path) {
    say("opening");
    Database::open(path, stepsWith("CREATE TABLE endless (a TEXT) STRICT; DELETE FROM messages;"
                                   "CREATE TABLE numbers (n INTEGER) STRICT;"
                                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                   "INSERT INTO numbers SELECT i FROM n;"));
}

/// Chats as a person and a model would have them, quicker: see tst_store_crash for what each line promises.
class Worker {
 public:
    Worker(Stores& stores, unsigned seed) : m_stores(stores), m_random(seed) {}

    void work() {
        m_stores.chats.recoverInterrupted();
        for (std::int64_t now = 1;; ++now) {
            const auto dice = m_random() % 12;
            if (dice < 8) {
                talk(now);
            } else if (dice < 9) {
                edit(now);
            } else if (dice < 10) {
                duplicate(now);
            } else if (dice < 11) {
                remove(now);
            } else {
                purge();
            }
        }
    }

 private:
    void talk(std::int64_t now) {
        std::int64_t chatId = 0, question = 0, answer = 0;
        const std::size_t bytes = 20 + m_random() % 3000;
        m_stores.database.inTransaction([&] {
            chatId = m_random() % 3 == 0 || m_chats.empty() ? m_stores.chats.createChat("child's chat", now)
                                                            : m_chats[m_random() % m_chats.size()];
            const std::int64_t leaf = m_stores.chats.chat(chatId).leafId;
            question =
                m_stores.chats.addMessage(chatId, leaf, Role::user, childText(bytes), MessageState::complete, now);
            answer = m_stores.chats.addMessage(chatId, question, Role::assistant, "", MessageState::writing, now);
        });
        say("message %lld %lld %zu complete", static_cast<long long>(chatId), static_cast<long long>(question), bytes);
        say("message %lld %lld 0 writing", static_cast<long long>(chatId), static_cast<long long>(answer));
        if (std::find(m_chats.begin(), m_chats.end(), chatId) == m_chats.end()) m_chats.push_back(chatId);
        std::size_t written = 0;
        for (auto saves = m_random() % 4; saves > 0; --saves) {
            written += m_random() % 4000;
            m_stores.chats.saveText(answer, childText(written), MessageState::writing);
            say("message %lld %lld %zu writing", static_cast<long long>(chatId), static_cast<long long>(answer),
                written);
        }
        written += m_random() % 500;
        m_stores.chats.finishMessage(answer, childText(written), MessageState::complete, "{}");
        say("message %lld %lld %zu complete", static_cast<long long>(chatId), static_cast<long long>(answer), written);
        if (m_random() % 4 == 0) goOn(chatId, answer, written);
    }

    /// The answer is continued: it is being written again, and what it had may not be lost.
    void goOn(std::int64_t chatId, std::int64_t answer, std::size_t written) {
        say("message %lld %lld %zu writing", static_cast<long long>(chatId), static_cast<long long>(answer), written);
        m_stores.chats.saveText(answer, childText(written), MessageState::writing);
        written += m_random() % 2000;
        m_stores.chats.finishMessage(answer, childText(written), MessageState::complete, "{}");
        say("message %lld %lld %zu complete", static_cast<long long>(chatId), static_cast<long long>(answer), written);
    }

    /// A question said anew beside the last one, with a file, and a summary of what was before.
    void edit(std::int64_t now) {
        if (m_chats.empty()) return;
        const std::int64_t chatId = m_chats[m_random() % m_chats.size()];
        const std::size_t bytes = 20 + m_random() % 500;
        std::int64_t question = 0;
        m_stores.database.inTransaction([&] {
            const MessageRow old = m_stores.chats.message(m_stores.chats.chat(chatId).leafId);
            question = m_stores.chats.addMessage(chatId, old.parentId, Role::user, childText(bytes),
                                                 MessageState::complete, now, {{"a.txt", childText(bytes)}});
            m_stores.chats.putSummary(old.parentId != 0 ? old.parentId : old.id, childText(bytes), now);
        });
        say("message %lld %lld %zu complete", static_cast<long long>(chatId), static_cast<long long>(question), bytes);
        m_stores.library.setDraft(chatId, childText(bytes));
    }

    void duplicate(std::int64_t now) {
        if (m_chats.empty() || m_chats.size() > 20) return;
        const std::int64_t copy = m_stores.chats.duplicateChat(m_chats[m_random() % m_chats.size()], "copy", now);
        for (const MessageRow& row : m_stores.chats.shownMessages(copy)) {
            say("message %lld %lld %zu %s", static_cast<long long>(copy), static_cast<long long>(row.id),
                row.text.size(), row.state == MessageState::complete ? "complete" : "writing");
        }
        m_chats.push_back(copy);
    }

    void remove(std::int64_t now) {
        if (m_chats.empty()) return;
        const auto at = m_chats.begin() + static_cast<long>(m_random() % m_chats.size());
        say("deleting %lld", static_cast<long long>(*at));
        m_stores.chats.deleteChat(*at, now);
        m_chats.erase(at);
    }

    void purge() {
        say("purging");
        m_stores.chats.purgeDeleted(1'000'000'000);
        say("purged");
    }

    Stores& m_stores;
    std::mt19937 m_random;
    std::vector<std::int64_t> m_chats;  ///< made by this child, not deleted
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::string verb = argv[1], path = argv[2];
    try {
        if (verb == "open-at" && argc == 4) {
            openAt(path, std::atoll(argv[3]));
        } else if (verb == "hold") {
            hold(path);
        } else if (verb == "migrate-slowly") {
            migrateSlowly(path);
        } else if (verb == "work" && argc == 5) {
            say("opening");
            Stores stores(Database::open(path, stepsWithExtra(std::atoi(argv[3]))));
            say("opened");
            Worker(stores, static_cast<unsigned>(std::atoi(argv[4]))).work();
        } else {
            return 2;
        }
    } catch (const Error& e) {
        say("failed %s [%s]", e.what(), e.detail().c_str());
        return 1;
    }
    return 0;
}
