// What a model is asked beside the chat, and nobody sees as a message: a better title once there is nothing else to do,
// and a summary of the older part of a chat when a person wants one. Lives in the GUI thread; an answer that is asked
// for meanwhile goes first, for which a title is given up.
#pragma once

#include "app/services/chat/chat_types.h"
#include "app/services/threads/threads.h"

#include <QObject>
#include <QSet>
#include <QTimer>
#include <stop_token>

namespace lares::app {

class ChatService;
class SettingsService;

class SideQuestions : public QObject {
    Q_OBJECT

 public:
    SideQuestions(StoreThread& store, InferenceThread& inference, SettingsService& settings, ChatService& chats,
                  QObject* parent = nullptr);

    /// The older part of the shown branch becomes a summary (ChatService::putSummary), which answers by chatOpened; or
    /// failed says why not.
    void summarise(qint64 chatId);
    /// The same part is left out without one.
    void dropOlder(qint64 chatId);
    void stopSummary();
    bool isSummarising() const { return m_summarising != 0; }

    void requestStop();  ///< composition's last call

    /// The last message of the older part: what follows begins with a question and is about a third of the text, less
    /// where the first turn is most of it. 0: nothing can be left out.
    static qint64 lastOfOlderPart(const std::vector<storage::MessageRow>& branch);
    /// One line without quotes or a full stop, at most 60 characters; empty when the model said nothing usable.
    static QString titleIn(const QString& answer);

 signals:
    void titled(qint64 chatId, const QString& title);
    void summarisingChanged(qint64 chatId, bool summarising);
    void failed(const QString& sentence);

 private:
    void note(const ChatMessageItem& message);
    void proposeTitle();
    void compact(qint64 chatId, bool withSummary);
    void askForSummary(qint64 chatId, qint64 lastOlder, const std::vector<storage::MessageRow>& branch);
    void endSummary();

    StoreThread& m_store;
    InferenceThread& m_inference;
    SettingsService& m_settings;
    ChatService& m_chats;
    QTimer m_idleTimer;      ///< while active, an answer is over and nothing else was asked for since
    qint64 m_candidate = 0;  ///< the chat whose answer ended last
    QSet<qint64> m_tried;    ///< chats that were asked about in this run
    std::stop_source m_stopTitle;
    std::stop_source m_stopSummary;
    qint64 m_summarising = 0;  ///< chat
    bool m_closed = false;
};

}  // namespace lares::app
