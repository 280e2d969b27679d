// Chats out of the files of other programs, told by what is in them, not by their names: ChatGPT (conversations.json),
// Open WebUI (its JSON export), Jan (a thread's folder, or the folder of all threads), LM Studio (conversations), the
// Ollama app (db.sqlite), GPT4All (*.chat), and Lares' own JSON. A folder may hold any of them.
// Reading only: TransferService puts the chats into the store, all or none. Formats: each reader's source.
#pragma once

#include "storage/stores/chat_store.h"

#include <QString>
#include <vector>

namespace lares::app {

struct ImportedChats {
    QString from;  ///< "ChatGPT", "Open WebUI", ...; several joined by commas
    std::vector<storage::ChatTree> chats;
};

/// Throws TransferError for what is no such file, is damaged, or holds no chat. Any thread.
ImportedChats readChats(const QString& path);

}  // namespace lares::app
