// What went wrong on another thread, as a value: an exception never crosses an event loop.
#pragma once

#include <QString>

namespace lares::app {

struct Failure {
    QString sentence;       ///< whole, for the person; says what to do where something can be done
    QString detail;         ///< for a log; may be empty
    bool diskFull = false;  ///< nothing is wrong but room; what was asked may be tried again
};

/// The exception being handled (call it inside a catch block) as a Failure, whichever module threw it.
Failure currentFailure();

}  // namespace lares::app
