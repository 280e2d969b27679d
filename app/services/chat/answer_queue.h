// Answers: the one being generated and those that wait. ChatService's other half, in the GUI thread like it.
//
// Text comes from the inference thread in pieces; messageChanged carries it on at most 30 times a second, and it goes
// to the store at least once a second and at the end. Both timers are single shots that a piece of text starts, so
// nothing ticks while nothing happens. What a full disk does not take is kept here and tried again until it does.
#pragma once

#include "app/services/chat/chat_types.h"
#include "app/services/threads/threads.h"

#include <deque>
#include <optional>
#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <stop_token>

namespace lares::app {

class SettingsService;

class AnswerQueue : public QObject {
    Q_OBJECT

 public:
    AnswerQueue(StoreThread& store, InferenceThread& inference, SettingsService& settings);

    /// `message`, an answer that the store has as being written, waits from now on; what text it has, it goes on from.
    /// With `options` they count instead of the chat's. proceed() begins it when nothing is before it.
    void add(const ChatMessageItem& message, const std::optional<ChatOptions>& options = {});
    void proceed();
    void stop(qint64 chatId);
    bool isBusy(qint64 chatId) const;
    /// Text and state as they are here, where the store is up to a second behind, or full.
    void bringUpToDate(ChatMessageItem& message) const;

    /// The hash of the file that answers at present; those that were finished without it get it too.
    void setModelHash(const QString& path, const QString& sha256);

    /// Whether the disk took nothing any more when it was last written to. While so, it is tried again and again.
    bool isStoreFull() const { return m_storeFull; }
    void noteFailure(const Failure& failure);

    /// Stops everything for good; settle() writes what is left once the inference thread is gone.
    void close();
    void settle();

 signals:
    void messageChanged(const lares::app::ChatMessageItem& message);
    void promptProgress(qint64 chatId, qint64 messageId, int tokensDone, int tokensTotal);
    void busyChanged(qint64 chatId, bool busy);
    /// Before an answer of a chat that wants this model; whoever loads it does so on the inference thread now.
    void modelWanted(const QString& path);
    /// The list of chats after an answer was written: it may stand elsewhere now.
    void chatsWritten(const QList<lares::app::ChatListItem>& chats);
    void failed(const QString& sentence);
    /// The disk took nothing any more, or takes it again.
    void storeFullChanged(bool full);

 private:
    struct Ask {
        ChatMessageItem message;
        std::optional<ChatOptions> options;
        QString begin;       ///< the text to go on from
        QJsonObject before;  ///< the details of that
    };
    struct Branch {
        std::vector<storage::MessageRow> rows;
        ChatOptions options;
    };

    void generate(const Branch& branch);
    void take(qint64 messageId, const QString& piece);
    void show();
    void save();
    /// The end of the running answer; `error` only when failed.
    void finish(MessageState state, const QJsonObject& details, const QString& error = {});
    void write(const ChatMessageItem& message);
    void writeAgain();
    /// Its model's, or remembers that it lacks it.
    void addModelHash(ChatMessageItem& message);
    void setStoreFull(bool full);

    StoreThread& m_store;
    InferenceThread& m_inference;
    SettingsService& m_settings;
    std::optional<Ask> m_running;
    std::stop_source m_stop;  ///< of the running answer
    std::deque<Ask> m_waiting;
    QHash<qint64, ChatMessageItem> m_unwritten;  ///< over, but the disk was full
    QHash<QString, QString> m_modelHashes;       ///< path, SHA-256
    QList<ChatMessageItem> m_hashless;           ///< finished before the hash was known
    QTimer m_showTimer;   ///< while active, the last messageChanged was less than its interval ago
    QTimer m_saveTimer;   ///< while active, there is text that the store does not have
    QTimer m_retryTimer;  ///< while active, the disk was full
    bool m_unshown = false;
    bool m_saveFailed = false;  ///< said once for each answer
    bool m_storeFull = false;
    bool m_closed = false;
};

}  // namespace lares::app
