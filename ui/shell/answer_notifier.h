// Says that an answer is ready where nobody sees it come: in the window when another chat is open, on the desktop when
// the window is not in front. Only the chat's title is told, because desktops keep what they are told.
#pragma once

#include <QHash>
#include <QObject>
#include <QQmlEngine>

#include <functional>

namespace lares::app {
class ChatService;
}

namespace lares::ui {

class ChatViewModel;

class AnswerNotifier : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")

 public:
    /// Puts a sentence before the person's eyes outside of the window.
    using Desktop = std::function<void(const QString& sentence)>;

    AnswerNotifier(app::ChatService& chats, ChatViewModel& open, Desktop desktop, QObject* parent = nullptr);

    /// org.freedesktop.Notifications on the session bus; never waited for, and nothing where there is none.
    static Desktop sessionDesktop();

 signals:
    void answeredElsewhere(const QString& sentence);  ///< for a toast

 private:
    QHash<qint64, bool> m_writing;  ///< answers that were seen growing
};

}  // namespace lares::ui
