#include "app/cli/engine/bandwidth.h"

#include "inference/cpu/processor.h"
#include "inference/cpu/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

namespace lares::cli {

double measureProcessorBandwidth(std::uint32_t threads) {
    constexpr std::uint32_t kPieces = 512;
    constexpr std::size_t kPieceWords = (std::size_t{1} << 20) / sizeof(std::uint64_t);
    inference::cpu::ThreadPool pool(threads != 0 ? threads : inference::cpu::describeProcessor().cores);
    const std::vector<std::uint64_t> words(kPieces * kPieceWords, 1);
    double best = 0;
    for (int run = 0; run < 4; ++run) {
        std::atomic<std::uint64_t> total = 0;  // so that the compiler has to read
        const auto start = std::chrono::steady_clock::now();
        pool.run(kPieces, [&](std::uint32_t piece) {
            const std::uint64_t* const first = words.data() + piece * kPieceWords;
            std::uint64_t sums[16]{};
            for (std::size_t i = 0; i < kPieceWords; i += 16) {
                for (std::size_t lane = 0; lane < 16; ++lane) sums[lane] += first[i + lane];
            }
            for (const std::uint64_t sum : sums) total += sum;
        });
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (total == words.size()) best = std::max(best, static_cast<double>(words.size()) * 8 / seconds);
    }
    return best;
}

}  // namespace lares::cli
