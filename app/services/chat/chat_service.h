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
    /// Titles and messages that have every word of the text (the last one may be unfinished); answered by
    /// searchFinished.
    void searchChats(const ChatSearch& search);
    void searchChats(const QString& text) { searchChats(ChatSearch{text}); }
    /// Answered by chatOpened, or by failed when there is no such chat. With `messageId` that message's branch becomes
    /// the shown one.
    void openChat(qint64 chatId, qint64 messageId = 0);

    /// Commits `text` as the person's next message and asks for an answer; `chatId` 0 begins a new chat titled with the
    /// first words, kNewTemporaryChat one that is never written. Returns a ticket that comes back in submitted() or
    /// submitFailed(). Blank text without a file is refused: returns 0. `options` are those of a chat that begins.
    quint64 submit(qint64 chatId, const QString& text, const QList<ChatAttachment>& attachments = {},
                   const ChatOptions& options = {});
    static constexpr qint64 kNewTemporaryChat = -1;
    static bool isTemporary(qint64 chatId);
    /// Stops the answer being generated in this chat and those waiting in it; they keep what they have.
    void stop(qint64 chatId);
    /// A new answer beside this one (which stays as a branch). `messageId` is an answer, whatever its state.
    void regenerate(qint64 messageId);
    /// An answer beside this one, with the settings, options and seed that its details tell: the same, on the same
    /// device and by the same files.
    void reproduce(qint64 messageId);
    /// The answer goes on where it ended or was stopped. It must be the last message of its branch.
    void continueAnswer(qint64 messageId);
    /// The message said anew as a branch beside the old one. A person's gets a new answer (and keeps its files); an
    /// answer's new text stands as it is.
    void edit(qint64 messageId, const QString& text);
    /// What the model is told in place of this message and all before; empty: they are left out. The messages stay, and
    /// removeSummary() gives them back. Answered by chatOpened.
    void putSummary(qint64 messageId, const QString& text);
    void removeSummary(qint64 messageId);
    /// Shows the sibling `step` away (-1, +1) with the newest that follows it; answered by chatOpened.
    void showSibling(qint64 messageId, int step);

    void renameChat(qint64 chatId, const QString& title);  ///< a blank title is ignored
    /// Out of the list; answers in it stop. It can come back until it is purged (30 days, at a program start).
    void deleteChat(qint64 chatId);
    void undoDelete(qint64 chatId);
    /// A temporary chat that is left: gone at once.
    void forgetTemporary(qint64 chatId);
    /// Another service changed something about chats: asks for the list, told when it differs.
    void refreshChats();

    /// Whether an answer of this chat is generated or waits; chatId 0: of any chat.
    bool isBusy(qint64 chatId = 0) const;
    /// The disk is full: nothing new is taken until it is not; answers that are over are kept and written then.
    bool isStoreFull() const;
    /// SHA-256 of the model file at `path`, for the details of its answers.
    void setModelHash(const QString& path, const QString& sha256);

    /// Composition's last call: stops everything, so that what there is of each answer goes to the store. `settle`
    /// comes after the inference thread was joined.
    void requestStop();
    void settle();

 signals:
    void chatsChanged(const QList<lares::app::ChatListItem>& chats);
    void searchFinished(const lares::app::ChatSearch& search, const QList<lares::app::ChatSearchHit>& hits);
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
    /// Before an answer of a chat that has a model of its own; loading it on the inference thread now is in time.
    void modelWanted(const QString& path);
    void storeFullChanged(bool full);
    void chatRenamed(qint64 chatId, const QString& title);
    void chatDeleted(qint64 chatId, const QString& title);
    /// Something else could not be done; answers that fail carry their sentence themselves.
    void failed(const QString& sentence);

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::app
