// What a stored message says of itself, put into words for the foot of an answer.
#pragma once

#include "app/services/chat/chat_types.h"
#include "ui/chat/message_blocks_model.h"

namespace lares::ui {

MessageEntry toEntry(const app::ChatMessageItem& item);

QString speedText(double tokensPerSecond);  ///< "12.3 tokens/s"; empty for 0
QString contextCount(qint64 tokens);        ///< "940", "9.9k", "16k": k is 1024 tokens

}  // namespace lares::ui
