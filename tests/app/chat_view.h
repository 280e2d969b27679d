// The chat as it is shown, kept up to date by the service's signals.
#pragma once

#include "app/services/chat/chat_service.h"

namespace lares::test {

struct ChatView {
    explicit ChatView(app::ChatService& service) {
        using app::ChatMessageItem;
        using app::ChatService;
        QObject::connect(&service, &ChatService::submitted, &context, [this](quint64, qint64 chat, qint64 answer) {
            chatId = chat;
            answerId = answer;
        });
        QObject::connect(&service, &ChatService::messageAdded, &context,
                         [this](const ChatMessageItem& m) { messages += m; });
        QObject::connect(&service, &ChatService::messageChanged, &context, [this](const ChatMessageItem& changed) {
            for (ChatMessageItem& message : messages) {
                if (message.id == changed.id) message = changed;
            }
        });
        QObject::connect(&service, &ChatService::chatOpened, &context,
                         [this](qint64 chat, const QString& name, const QList<ChatMessageItem>& shown) {
                             chatId = chat;
                             title = name;
                             messages = shown;
                         });
    }
    bool settled() const { return !messages.isEmpty() && messages.last().state != app::MessageState::writing; }

    QObject context;
    qint64 chatId = 0, answerId = 0;
    QString title;
    QList<app::ChatMessageItem> messages;
};

}  // namespace lares::test
