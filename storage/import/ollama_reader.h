// The chats of the Ollama app: db.sqlite, tables chats(id, title, created_at), messages(chat_id, role, content,
// thinking, model_name, created_at), attachments(message_id, filename, data). Read from a copy, so that not even
// SQLite's own files appear beside the original.
#pragma once

#include "storage/stores/chat_store.h"

#include <filesystem>
#include <vector>

namespace lares::storage {

/// Straight chats, oldest first. Throws Error (corrupt) for a database that is damaged or another program's.
std::vector<ChatTree> readOllamaChats(const std::filesystem::path& path);

}  // namespace lares::storage
