// Lares over the scripted engine: real services, real store, in a profile that is gone at the end.
#pragma once

#include "app/offline/scripted_engine.h"

#include <memory>

namespace lares::app {

struct Composition;

enum class Samples { none, chatsAndModels };

class Offline {
 public:
    /// Needs a QCoreApplication. Throws storage::Error when the temporary folder cannot be written.
    Offline(const Script& script, Samples samples);
    ~Offline();
    Offline(const Offline&) = delete;
    Offline& operator=(const Offline&) = delete;

    Composition& composition();

 private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace lares::app
