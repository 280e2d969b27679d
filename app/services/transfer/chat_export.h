// Chats as text that other programs and people can read: Markdown (the shown branch) and JSON (all branches; what
// readChats takes back). HTML and PDF, which need a renderer, are ui/chat/chat_document.h's.
#pragma once

#include "storage/stores/chat_store.h"

#include <QByteArray>
#include <QString>
#include <vector>

namespace lares::app {

QString chatsToMarkdown(const std::vector<storage::ChatTree>& chats);
QByteArray chatsToJson(const std::vector<storage::ChatTree>& chats);

/// The shown branch, from first to last.
std::vector<storage::ChatTree::Message> shownBranch(const storage::ChatTree& tree);

}  // namespace lares::app
