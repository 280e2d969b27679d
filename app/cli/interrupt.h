// Ctrl+C as a request to stop, for commands that wait in one place.
#pragma once

#include <stop_token>
#include <thread>

namespace lares::cli {

/// From its making on, the first Ctrl+C requests a stop; a second one ends the program. Made before any other thread.
class Interrupt {
 public:
    Interrupt();
    std::stop_token token() const { return m_stop.get_token(); }

 private:
    std::stop_source m_stop;
    std::jthread m_waiter;  ///< last: joined before the rest goes
};

}  // namespace lares::cli
