#include "inference/template/run.h"

#include <algorithm>

namespace lares::inference::jinja {

namespace {
constexpr std::uint64_t kStepsBetweenClockReads = 2048;
constexpr std::size_t kBytesPerStep = 256;
constexpr std::size_t kComparedBytesPerStep = 1024;

std::chrono::nanoseconds processorTime() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}
}  // namespace

Run::Run(const RenderLimits& limits) : m_limits(limits), m_deadline(processorTime() + limits.time) {}

void Run::check() {
    if (m_steps > m_limits.steps) {
        fail(FailKind::limit, "the template takes too many steps");
    }
    if (processorTime() > m_deadline) {
        fail(FailKind::limit, "the template takes too long");
    }
    m_nextCheck = std::min(m_steps + kStepsBetweenClockReads, m_limits.steps + 1);
}

void Run::search(std::size_t text, std::size_t wanted) {
    step(text / 64 + (wanted > text ? 0 : text * wanted / kComparedBytesPerStep));
}

void Run::allocate(std::size_t bytes) {
    if (bytes > m_limits.memoryBytes - m_bytes) {
        fail(FailKind::limit, "the template uses too much memory");
    }
    m_bytes += bytes;
    step(1 + bytes / kBytesPerStep);
}

void Run::allowText(std::size_t bytes) {
    if (bytes > m_limits.textBytes) {
        fail(FailKind::limit, "the template makes a text that is too long");
    }
}

void Run::fail(FailKind kind, const std::string& message) const {
    throw TemplateError(kind, message, line);
}

}  // namespace lares::inference::jinja
