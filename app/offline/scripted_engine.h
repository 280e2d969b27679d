// An engine without a model: it loads nothing, with progress, and answers what samples.h says, word by word at a pace.
// For lares-offline and its pictures; the services and the window above it are the real ones.
#pragma once

#include "inference/engine.h"

#include <chrono>
#include <memory>
#include <string>

namespace lares::app {

struct Script {
    std::chrono::milliseconds perWord{40};
    std::chrono::milliseconds load{1500};
    std::string answer{};  ///< to every question; empty: what the samples say
};

std::unique_ptr<inference::Engine> makeScriptedEngine(Script script);

}  // namespace lares::app
