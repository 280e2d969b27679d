// The database with its stores, as the storage thread owns them.
#pragma once

#include "storage/stores/chat_store.h"
#include "storage/stores/model_store.h"
#include "storage/stores/settings_store.h"

namespace lares::storage {

struct Stores {
    explicit Stores(Database opened) : database(std::move(opened)) {}
    Stores(const Stores&) = delete;
    Stores& operator=(const Stores&) = delete;

    Database database;
    ChatStore chats{database};
    ModelStore models{database};
    SettingsStore settings{database};
};

}  // namespace lares::storage
