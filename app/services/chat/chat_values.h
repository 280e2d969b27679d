// From the store's rows and the engine's results to the values of chat_types.h, and back to what the engine is asked.
// Pure functions: any thread.
#pragma once

#include "app/services/chat/chat_types.h"
#include "inference/types.h"
#include "storage/stores/chat_store.h"

#include <QJsonObject>
#include <QString>
#include <vector>

namespace lares::app {

class SettingsService;

ChatListItem toItem(const storage::ChatRow& row);
ChatMessageItem toItem(const storage::MessageRow& row);
ChatSearchHit toHit(const storage::SearchHit& hit);
QList<ChatListItem> toItems(const std::vector<storage::ChatRow>& rows);
QList<ChatMessageItem> toItems(const std::vector<storage::MessageRow>& rows);
storage::MessageState toStored(MessageState state);
storage::Role toStored(MessageRole role);
std::vector<storage::Attachment> toStored(const QList<ChatAttachment>& attachments);
storage::SearchQuery toStored(const ChatSearch& search, int limit);

/// The first words of a message, on one line, at most 48 characters; cut at a word where there is one.
QString titleFrom(const QString& text);

/// What the model is told: the system prompt (unless blank), then the branch, from its last summary on. Attached texts
/// come before what was said about them. Empty answers are left out and messages in a row of one role become one,
/// because chat templates insist on turns that alternate.
std::vector<inference::ChatMessage> conversation(const std::vector<storage::MessageRow>& branch,
                                                 const QString& systemPrompt);

/// The details of an answer as far as settings and the chat's options decide them: sampler and length.
inference::GenerateRequest requestFrom(const SettingsService& settings, const ChatOptions& options = {});
QString systemPromptFrom(const SettingsService& settings, const ChatOptions& options);

/// The options with which an answer of these details comes out again.
ChatOptions optionsOf(const QJsonObject& details);

/// The keys that chat_types.h lists.
QJsonObject detailsOf(const inference::Finish& finish, const inference::ModelInfo& model,
                      const inference::GenerateRequest& request);

std::string toJson(const QJsonObject& object);
QJsonObject fromJson(const std::string& json);  ///< empty for what is no object

}  // namespace lares::app
