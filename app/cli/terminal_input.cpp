#include "app/cli/terminal_input.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>

namespace lares::cli {

namespace {

int openSignals() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);  // threads made from here on inherit it
    return ::signalfd(-1, &interrupt, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

TerminalInput::TerminalInput()
    : m_terminal(::isatty(STDIN_FILENO) == 1), m_signals(openSignals()), m_notifier(m_signals, QSocketNotifier::Read) {
    connect(&m_notifier, &QSocketNotifier::activated, this, [this] {
        if (takeInterrupt()) emit interrupted();
    });
}

TerminalInput::~TerminalInput() {
    m_notifier.setEnabled(false);
    ::close(m_signals);
}

bool TerminalInput::takeInterrupt() {
    signalfd_siginfo info;
    return ::read(m_signals, &info, sizeof info) == sizeof info;
}

std::optional<QString> TerminalInput::readLine(const QString& prompt) {
    if (m_terminal) {
        std::fputs(qUtf8Printable(prompt), stdout);
        std::fflush(stdout);
    }
    for (;;) {
        if (const qsizetype end = m_rest.indexOf('\n'); end >= 0) {
            const QString line = QString::fromUtf8(m_rest.left(end));
            m_rest.remove(0, end + 1);
            return line;
        }
        pollfd both[] = {{STDIN_FILENO, POLLIN, 0}, {m_signals, POLLIN, 0}};
        if (::poll(both, 2, -1) < 0) continue;
        if (both[1].revents != 0 && takeInterrupt()) return std::nullopt;
        if (both[0].revents == 0) continue;
        char bytes[4096];
        const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
        if (count > 0) {
            m_rest.append(bytes, count);
            continue;
        }
        if (m_rest.isEmpty()) return std::nullopt;
        return QString::fromUtf8(std::exchange(m_rest, {}));  // a last line without an end
    }
}

}  // namespace lares::cli
