#include "ui/shell/answer_notifier.h"

#include "app/services/chat/chat_service.h"
#include "ui/chat/chat_view_model.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCall>
#include <QGuiApplication>

namespace lares::ui {

AnswerNotifier::AnswerNotifier(app::ChatService& chats, ChatViewModel& open, Desktop desktop, QObject* parent)
    : QObject(parent) {
    const auto titleOf = [&chats](qint64 chatId) {
        for (const app::ChatListItem& chat : chats.chats()) {
            if (chat.id == chatId) return chat.title;
        }
        return QString();
    };
    connect(&chats, &app::ChatService::messageChanged, this,
            [this, &open, titleOf, desktop = std::move(desktop)](const app::ChatMessageItem& message) {
                if (message.state == app::MessageState::writing) {
                    m_writing.insert(message.id, true);
                    return;
                }
                if (!m_writing.remove(message.id) || message.state == app::MessageState::stopped) return;
                const QString title = titleOf(message.chatId);
                const QString sentence = message.state == app::MessageState::failed
                                             ? tr("“%1” could not be answered").arg(title)
                                             : tr("“%1” is answered").arg(title);
                if (QGuiApplication::applicationState() != Qt::ApplicationActive) {
                    desktop(sentence);
                } else if (double(message.chatId) != open.chatId()) {
                    emit answeredElsewhere(sentence);
                }
            });
}

AnswerNotifier::Desktop AnswerNotifier::sessionDesktop() {
    return [](const QString& sentence) {
        QDBusMessage call = QDBusMessage::createMethodCall(
            QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("/org/freedesktop/Notifications"),
            QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
        call << QStringLiteral("Lares") << 0u << QStringLiteral("lares") << sentence << QString() << QStringList()
             << QVariantMap() << -1;
        QDBusConnection::sessionBus().asyncCall(call);
    };
}

}  // namespace lares::ui
