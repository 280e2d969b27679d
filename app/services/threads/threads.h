// The two threads beside the GUI's: the storage writer and inference. The engine is made by a factory, so that a
// scripted one can stand in for it.
#pragma once

#include "app/services/threads/owner_thread.h"
#include "inference/engine.h"
#include "storage/stores/stores.h"

namespace lares::app {

using EngineFactory = std::function<std::unique_ptr<inference::Engine>(const inference::EngineOptions&)>;

using StoreThread = OwnerThread<storage::Stores>;
using InferenceThread = OwnerThread<inference::Engine>;

}  // namespace lares::app
