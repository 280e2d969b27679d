// A few threads that share the work of one operation after the other. The caller is one of them. Between the operations
// of a step the others look out for the next one for some microseconds, because sleeping and waking costs more than
// that; then they sleep, and an idle pool costs nothing.
//
// Work is cut into pieces, and whoever is free takes the next: a thread that the system has put aside holds nobody up
// for longer than its own piece.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace lares::inference::cpu {

class ThreadPool {
 public:
    static constexpr std::uint32_t kMostPieces = 1 << 20;  ///< of one call of run()

    /// `threads` >= 1, the caller of run() included.
    explicit ThreadPool(std::uint32_t threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    std::uint32_t threads() const { return static_cast<std::uint32_t>(m_workers.size()) + 1; }

    /// Calls work(piece) once for each piece of 0 .. count-1, on any of the threads, and returns when all are done.
    /// `work` throws nothing and runs nothing on this pool. One call at a time.
    template <typename Work>
    void run(std::uint32_t count, Work&& work) {
        m_call = [](void* context, std::uint32_t piece) {
            (*static_cast<std::remove_reference_t<Work>*>(context))(piece);
        };
        m_context = const_cast<void*>(static_cast<const void*>(&work));
        share(count);
    }

    /// The same for the ranges [begin, end) that 0 .. count-1 is cut into, none shorter than `least` but the last.
    template <typename Work>
    void runRanges(std::uint32_t count, std::uint32_t least, Work&& work) {
        const std::uint32_t length = rangeLength(count, least);
        run((count + length - 1) / length, [&](std::uint32_t piece) {
            const std::uint32_t begin = piece * length;
            work(begin, begin + length < count ? begin + length : count);
        });
    }

 private:
    std::uint32_t rangeLength(std::uint32_t count, std::uint32_t least) const;
    void share(std::uint32_t count);
    bool takePiece();
    void work();

    void (*m_call)(void* context, std::uint32_t piece) = nullptr;
    void* m_context = nullptr;
    /// The pieces handed out, how many there are, and a number that differs from call to call: who takes a piece knows
    /// from this alone whether it is one, so nobody looks at a call that is over.
    std::atomic<std::uint64_t> m_ticket{0};
    std::atomic<std::uint32_t> m_done{0};  ///< pieces of this call
    std::atomic<bool> m_stop{false};
    std::vector<std::thread> m_workers;
};

}  // namespace lares::inference::cpu
