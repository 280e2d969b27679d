// The database with its stores, as the storage thread owns them; and beside it the chats that are never written.
#pragma once

#include "storage/stores/chat_store.h"
#include "storage/stores/connection_store.h"
#include "storage/stores/download_store.h"
#include "storage/stores/library_store.h"
#include "storage/stores/model_store.h"
#include "storage/stores/settings_store.h"

#include <memory>

namespace lares::storage {

/// Chats and messages of the temporary chats are numbered from here on; no other ever gets so far.
inline constexpr std::int64_t kFirstTemporaryId = std::int64_t{1} << 52;  // still exact in a double
constexpr bool isTemporary(std::int64_t id) {
    return id >= kFirstTemporaryId;
}

struct Stores {
    explicit Stores(Database opened) : database(std::move(opened)) {}
    Stores(const Stores&) = delete;
    Stores& operator=(const Stores&) = delete;

    /// The store of temporary chats: in memory, made at its first use, gone with this object.
    ChatStore& temporaryChats();
    /// Where the chat or message of this id is.
    ChatStore& chatsOf(std::int64_t id) { return isTemporary(id) ? temporaryChats() : chats; }

    Database database;
    ChatStore chats{database};
    LibraryStore library{database};
    ConnectionStore connections{database};
    DownloadStore downloads{database};
    ModelStore models{database};
    ModelOriginStore origins{database};
    SettingsStore settings{database};

 private:
    struct Temporary {
        Database database = Database::inMemory();
        ChatStore chats{database};
    };
    std::unique_ptr<Temporary> m_temporary;
};

}  // namespace lares::storage
