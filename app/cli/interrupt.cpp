#include "app/cli/interrupt.h"

#include <csignal>

namespace lares::cli {

Interrupt::Interrupt() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);  // threads made from here on inherit it: only the waiter sees it
    m_waiter = std::jthread([stop = m_stop, interrupt](const std::stop_token& over) mutable {
        const timespec patience{0, 50'000'000};
        while (!over.stop_requested()) {
            if (sigtimedwait(&interrupt, nullptr, &patience) != SIGINT) continue;
            stop.request_stop();
            std::signal(SIGINT, SIG_DFL);
            pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
        }
    });
}

}  // namespace lares::cli
