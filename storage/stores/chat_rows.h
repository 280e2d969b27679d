// Rows of chats as SQL gives them; shared by the sources of ChatStore alone.
#pragma once

#include "storage/stores/chat_store.h"
#include "storage/stores/statements.h"

namespace lares::storage {

inline constexpr const char* kChatColumns =
    "SELECT id, title, created_at_ms, updated_at_ms, coalesce(leaf_id, 0), coalesce(folder_id, 0), "
    "coalesce(pinned_at_ms, 0), coalesce(deleted_at_ms, 0), title_by FROM chats ";

inline ChatRow chatFrom(SQLite::Statement& row) {
    return {.id = row.getColumn(0),
            .title = row.getColumn(1),
            .createdAtMs = row.getColumn(2),
            .updatedAtMs = row.getColumn(3),
            .leafId = row.getColumn(4),
            .folderId = row.getColumn(5),
            .pinnedAtMs = row.getColumn(6),
            .deletedAtMs = row.getColumn(7),
            .titleBy = fromName<TitleBy>(kTitleByNames, row.getColumn(8).getText())};
}

inline std::vector<ChatRow> chatsFrom(SQLite::Statement& query) {
    std::vector<ChatRow> rows;
    while (query.executeStep()) rows.push_back(chatFrom(query));
    return rows;
}

}  // namespace lares::storage
