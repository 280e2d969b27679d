// Answers: the one being generated and those that wait. ChatService's other half, in the GUI thread like it.
//
// Text comes from the inference thread in pieces; messageChanged carries it on at most 30 times a second, and it goes
// to the store at least once a second and at the end. Both timers are single shots that a piece of text starts, so
// nothing ticks while nothing happens.
#pragma once

#include "app/services/chat/chat_types.h"
#include "app/services/threads/threads.h"

#include <deque>
#include <optional>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <stop_token>

namespace lares::app {

class SettingsService;

class AnswerQueue : public QObject {
    Q_OBJECT

 public:
    AnswerQueue(StoreThread& store, InferenceThread& inference, SettingsService& settings);

    /// `message`, an empty answer that the store has, waits from now on. proceed() begins it when nothing is before it.
    void add(const ChatMessageItem& message);
    void proceed();
    void stop(qint64 chatId);
    bool isBusy(qint64 chatId) const;
    /// Text and state as they are here, where the store is up to a second behind.
    void bringUpToDate(ChatMessageItem& message) const;

    /// Stops everything for good; settle() writes what is left once the inference thread is gone.
    void close();
    void settle();

 signals:
    void messageChanged(const lares::app::ChatMessageItem& message);
    void promptProgress(qint64 chatId, qint64 messageId, int tokensDone, int tokensTotal);
    void busyChanged(qint64 chatId, bool busy);
    /// The list of chats after an answer was written: it may stand elsewhere now.
    void chatsWritten(const QList<lares::app::ChatListItem>& chats);
    void failed(const QString& sentence);

 private:
    void generate(const std::vector<storage::MessageRow>& branch);
    void take(qint64 messageId, const QString& piece);
    void show();
    void save();
    /// The end of the running answer; `error` only when failed.
    void finish(MessageState state, const QJsonObject& details, const QString& error = {});
    void write(ChatMessageItem message);

    StoreThread& m_store;
    InferenceThread& m_inference;
    SettingsService& m_settings;
    std::optional<ChatMessageItem> m_running;
    std::stop_source m_stop;  ///< of the running answer
    std::deque<ChatMessageItem> m_waiting;
    QTimer m_showTimer;  ///< while active, the last messageChanged was less than its interval ago
    QTimer m_saveTimer;  ///< while active, there is text that the store does not have
    bool m_unshown = false;
    bool m_saveFailed = false;  ///< said once for each answer
    bool m_closed = false;
};

}  // namespace lares::app
