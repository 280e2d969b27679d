#include "inference/cpu/thread_pool.h"

#include <algorithm>
#include <cassert>
#include <chrono>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace lares::inference::cpu {

namespace {

/// As long as a thread looks out for work before it sleeps: longer than what one thread alone does between two shared
/// operations, shorter than anything a person or a battery would notice.
constexpr std::chrono::microseconds kLookOut{50};

/// A ticket is 24 bits of pieces handed out, 24 bits of how many there are, 16 bits that tell calls apart.
constexpr std::uint64_t kPieceMask = (1u << 24) - 1;

std::uint32_t handedOut(std::uint64_t ticket) {
    return static_cast<std::uint32_t>(ticket & kPieceMask);
}

std::uint32_t pieces(std::uint64_t ticket) {
    return static_cast<std::uint32_t>(ticket >> 24 & kPieceMask);
}

std::uint64_t nextTicket(std::uint64_t last, std::uint32_t count) {
    return ((last >> 48) + 1) << 48 | std::uint64_t{count} << 24;
}

void pauseBriefly() {
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// Whether `holds()` came true while looking out for it.
template <typename Holds>
bool lookOut(Holds&& holds) {
    const auto end = std::chrono::steady_clock::now() + kLookOut;
    do {
        for (int i = 0; i < 32; ++i) {
            if (holds()) return true;
            pauseBriefly();
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

}  // namespace

ThreadPool::ThreadPool(std::uint32_t threads) {
    assert(threads >= 1);
    for (std::uint32_t i = 1; i < threads; ++i) m_workers.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
    m_stop = true;
    m_ticket.store(nextTicket(m_ticket.load(), 0));
    m_ticket.notify_all();
    for (std::thread& worker : m_workers) worker.join();
}

/// Some pieces for each thread, so that the slowest ends soon after the others.
std::uint32_t ThreadPool::rangeLength(std::uint32_t count, std::uint32_t least) const {
    constexpr std::uint32_t kPiecesPerThread = 8;
    const std::uint32_t even = count / (threads() * kPiecesPerThread);
    return std::max({least, even, count / kMostPieces + 1});
}

void ThreadPool::share(std::uint32_t count) {
    assert(count <= kMostPieces);
    if (count <= 1 || m_workers.empty()) {
        for (std::uint32_t piece = 0; piece < count; ++piece) m_call(m_context, piece);
        return;
    }
    m_done.store(0, std::memory_order_relaxed);
    m_ticket.store(nextTicket(m_ticket.load(std::memory_order_relaxed), count), std::memory_order_release);
    m_ticket.notify_all();
    while (takePiece()) {
    }
    if (lookOut([&] { return m_done.load(std::memory_order_acquire) == count; })) return;
    for (std::uint32_t done; (done = m_done.load(std::memory_order_acquire)) != count;) m_done.wait(done);
}

bool ThreadPool::takePiece() {
    if (const std::uint64_t seen = m_ticket.load(std::memory_order_relaxed); handedOut(seen) >= pieces(seen))
        return false;
    const std::uint64_t ticket = m_ticket.fetch_add(1, std::memory_order_acquire);
    if (handedOut(ticket) >= pieces(ticket)) return false;
    m_call(m_context, handedOut(ticket));
    if (m_done.fetch_add(1, std::memory_order_acq_rel) + 1 == pieces(ticket)) m_done.notify_one();
    return true;
}

void ThreadPool::work() {
    while (!m_stop) {
        while (takePiece()) {
        }
        const auto somethingNew = [&] {
            const std::uint64_t ticket = m_ticket.load(std::memory_order_relaxed);
            return handedOut(ticket) < pieces(ticket) || m_stop.load(std::memory_order_relaxed);
        };
        if (lookOut(somethingNew)) continue;
        const std::uint64_t ticket = m_ticket.load(std::memory_order_acquire);
        if (handedOut(ticket) >= pieces(ticket) && !m_stop) m_ticket.wait(ticket);
    }
}

}  // namespace lares::inference::cpu
