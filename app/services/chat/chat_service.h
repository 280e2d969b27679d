// Chats: what was said, what is being answered, and what waits. Lives in the GUI thread; SQL happens on the storage
// thread and answers on the inference thread, so every result arrives as a signal.
// It is not a view-model: no blocks, no sections, no selection.
//
// An answer's way: submit() commits the person's message and an empty answer to the store; only then the answer joins
// the queue. One answer is generated at a time. Text reaches messageChanged at most 30 times a second and the store at
// least once a second and at the end. With nothing to do no timer runs.
#pragma once

#include "app/services/chat/chat_types.h"
#include "app/services/threads/threads.h"

#include <memory>
#include <QObject>

namespace lares::app {

class SettingsService;

class ChatService : public QObject {
    Q_OBJECT

 public:
    ChatService(StoreThread& store, InferenceThread& inference, SettingsService& settings, QObject* parent = nullptr);
    ~ChatService() override;

    /// Asks for chatsChanged with the rows as they are.
    void listChats();
    /// The rows of the last chatsChanged.
    const QList<ChatListItem>& chats() const;
    /// Titles and messages that have every word of `text` (the last one may be unfinished); answered by searchFinished.
    void searchChats(const QString& text);
    /// Answered by chatOpened, or by failed when there is no such chat.
    void openChat(qint64 chatId);

    /// Commits `text` as the person's next message and asks for an answer; `chatId` 0 begins a new chat titled with the
    /// first words. Returns a ticket that comes back in submitted() or submitFailed(). Blank text is refused: returns
    /// 0.
    quint64 submit(qint64 chatId, const QString& text);
    /// Stops the answer being generated in this chat and those waiting in it; they keep what they have.
    void stop(qint64 chatId);
    /// A new answer beside this one (which stays as a branch). `messageId` is an answer, whatever its state.
    void regenerate(qint64 messageId);
    /// The person's message said anew as a branch beside the old one, with a new answer.
    void edit(qint64 messageId, const QString& text);
    /// Shows the sibling `step` away (-1, +1) with the newest that follows it; answered by chatOpened.
    void showSibling(qint64 messageId, int step);

    void renameChat(qint64 chatId, const QString& title);  ///< a blank title is ignored
    /// Out of the list; answers in it stop. It can come back until it is purged (30 days, at a program start).
    void deleteChat(qint64 chatId);
    void undoDelete(qint64 chatId);

    /// Whether an answer of this chat is generated or waits; chatId 0: of any chat.
    bool isBusy(qint64 chatId = 0) const;

    /// Composition's last call: stops everything, so that what there is of each answer goes to the store. `settle`
    /// comes after the inference thread was joined.
    void requestStop();
    void settle();

 signals:
    void chatsChanged(const QList<lares::app::ChatListItem>& chats);
    void searchFinished(const QString& text, const QList<lares::app::ChatSearchHit>& hits);
    /// The shown branch from first to last; also sent when the branch changes (regenerate, edit, showSibling).
    void chatOpened(qint64 chatId, const QString& title, const QList<lares::app::ChatMessageItem>& messages);
    void submitted(quint64 ticket, qint64 chatId, qint64 answerId);
    /// Nothing was kept: the composer gives `text` back to the person.
    void submitFailed(quint64 ticket, const QString& text, const QString& sentence);
    /// At the end of its chat's shown branch. Comes after submitted().
    void messageAdded(const lares::app::ChatMessageItem& message);
    /// Text, state, queued, error or details of a message changed.
    void messageChanged(const lares::app::ChatMessageItem& message);
    /// While the prompt is read, before the first word.
    void promptProgress(qint64 chatId, qint64 messageId, int tokensDone, int tokensTotal);
    void busyChanged(qint64 chatId, bool busy);
    void chatRenamed(qint64 chatId, const QString& title);
    void chatDeleted(qint64 chatId, const QString& title);
    /// Something else could not be done; answers that fail carry their sentence themselves.
    void failed(const QString& sentence);

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::app
