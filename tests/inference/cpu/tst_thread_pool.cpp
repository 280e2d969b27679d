// Every piece is done once, whatever the number of threads and pieces, and however fast one call follows another; what
// a piece has written is there when the call returns.
#include "inference/cpu/thread_pool.h"

#include <QTest>

#include <chrono>
#include <ctime>
#include <vector>

using namespace lares::inference::cpu;

namespace {

double processorSeconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

class TestThreadPool : public QObject {
    Q_OBJECT

 private slots:
    void everyPieceOnce_data() {
        QTest::addColumn<std::uint32_t>("threads");
        for (const std::uint32_t threads : {1u, 2u, 3u, 8u}) QTest::addRow("%u threads", threads) << threads;
    }
    void everyPieceOnce() {
        QFETCH(std::uint32_t, threads);
        ThreadPool pool(threads);
        QCOMPARE(pool.threads(), threads);
        for (const std::uint32_t count : {0u, 1u, 2u, 7u, 1000u, ThreadPool::kMostPieces}) {
            std::vector<std::uint32_t> done(count, 0);  // not atomic: each piece has its own
            pool.run(count, [&](std::uint32_t piece) { ++done[piece]; });
            QCOMPARE(std::ranges::count(done, 1u), static_cast<std::ptrdiff_t>(count));
        }
    }

    void rangesCoverEverythingOnce() {
        ThreadPool pool(3);
        for (const std::uint32_t count : {0u, 1u, 5u, 64u, 1001u}) {
            for (const std::uint32_t least : {1u, 4u, 2000u}) {
                std::vector<std::uint32_t> done(count, 0);
                std::atomic<std::uint32_t> tooShort{0};
                pool.runRanges(count, least, [&](std::uint32_t begin, std::uint32_t end) {
                    if (end - begin < least && end != count) ++tooShort;
                    for (std::uint32_t i = begin; i < end; ++i) ++done[i];
                });
                QCOMPARE(std::ranges::count(done, 1u), static_cast<std::ptrdiff_t>(count));
                QCOMPARE(tooShort.load(), 0u);
            }
        }
    }

    /// Each call reads what the one before has written, in other pieces: a call that returned too early, or a thread
    /// that was late and took a piece of the wrong call, spoils the sum.
    void callsFollowEachOther() {
        ThreadPool pool(4);
        constexpr std::uint32_t kPieces = 37, kCalls = 5000;
        std::vector<std::uint64_t> before(kPieces, 1), after(kPieces);
        for (std::uint32_t call = 0; call < kCalls; ++call) {
            pool.run(kPieces, [&](std::uint32_t piece) { after[piece] = before[(piece + 5) % kPieces] + 1; });
            std::swap(before, after);
        }
        for (const std::uint64_t number : before) QCOMPARE(number, std::uint64_t{1 + kCalls});
    }

    /// Threads that have gone to sleep come back.
    void workAfterAPause() {
        ThreadPool pool(3);
        for (int round = 0; round < 20; ++round) {
            std::atomic<std::uint32_t> done{0};
            pool.run(100, [&](std::uint32_t) { ++done; });
            QCOMPARE(done.load(), 100u);
            std::this_thread::sleep_for(std::chrono::milliseconds(round % 4));
        }
    }

    void anIdlePoolTakesNoTime() {
        ThreadPool pool(4);
        pool.run(100, [](std::uint32_t) {});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const double before = processorSeconds();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        const double used = processorSeconds() - before;
        QVERIFY2(used < 0.03, qPrintable(QString::number(used)));
    }

    void poolsComeAndGo() {
        for (int i = 0; i < 200; ++i) {
            ThreadPool pool(4);
            if (i % 2 == 0) pool.run(8, [](std::uint32_t) {});
        }
    }
};

QTEST_GUILESS_MAIN(TestThreadPool)
#include "tst_thread_pool.moc"
