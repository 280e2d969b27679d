// Processor time of the calling thread: what a piece of work costs, whatever else the machine is doing.
#pragma once

#include <ctime>

namespace lares::tests {

class CpuTimer {
 public:
    CpuTimer() : m_start(nowMs()) {}
    double elapsedMs() const { return nowMs() - m_start; }

 private:
    static double nowMs() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
    }
    double m_start;
};

}  // namespace lares::tests
