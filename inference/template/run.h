// One rendering's budget: what it may still use, and where it is, for errors. Every operation whose cost a template can
// drive up reports here.
#pragma once

#include "inference/template/chat_template.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace lares::inference::jinja {

using FailKind = TemplateError::Kind;

class Run {
 public:
    explicit Run(const RenderLimits& limits);

    /// Counts work; throws when steps or time are used up.
    void step(std::uint64_t count = 1) {
        m_steps += count;
        if (m_steps >= m_nextCheck) {
            check();
        }
    }

    /// Counts looking for `wanted` bytes in `text` bytes, from wherever: at worst every place is compared to its end.
    void search(std::size_t text, std::size_t wanted);

    /// Counts memory that is about to be allocated, and the work of filling it.
    void allocate(std::size_t bytes);

    /// Throws when a string of this size may not exist. Called before it is made where a template can amplify.
    void allowText(std::size_t bytes);

    [[noreturn]] void fail(FailKind kind, const std::string& message) const;

    const RenderLimits& limits() const { return m_limits; }

    int line = 0;             ///< of the template, for errors
    std::uint32_t depth = 0;  ///< nested evaluations now

 private:
    void check();

    RenderLimits m_limits;
    std::uint64_t m_steps = 0;
    std::uint64_t m_nextCheck = 0;
    std::size_t m_bytes = 0;
    std::chrono::nanoseconds m_deadline;  ///< in this thread's processor time
};

/// Counts one level of nesting for as long as it lives.
class Nesting {
 public:
    explicit Nesting(Run& run) : m_run(run) {
        if (++m_run.depth > m_run.limits().depth) {
            --m_run.depth;
            m_run.fail(FailKind::recursion, "maximum recursion depth exceeded");
        }
    }
    ~Nesting() { --m_run.depth; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

 private:
    Run& m_run;
};

}  // namespace lares::inference::jinja
