// What people do with chats besides talking: folders, pins, copies, options and assistants, saved prompts, drafts, the
// trash. Import and export are TransferService's; talking is ChatService's. Lives in the GUI thread; SQL happens on
// the storage thread, so every result arrives as a signal.
#pragma once

#include "app/services/library/library_types.h"
#include "app/services/threads/threads.h"

#include <QObject>
#include <QTimer>

namespace lares::app {

class ChatService;

class LibraryService : public QObject {
    Q_OBJECT

 public:
    LibraryService(StoreThread& store, ChatService& chats, QObject* parent = nullptr);

    /// As of the last changed(). The first load() reads them; everything else here keeps them up to date.
    const LibraryItems& items() const { return m_items; }
    void load();

    /// `chatId` goes into it at once; 0: none does. A blank name is ignored, here and below.
    void addFolder(const QString& name, qint64 chatId = 0);
    void renameFolder(qint64 folderId, const QString& name);
    void removeFolder(qint64 folderId);  ///< its chats stay, outside of it
    void moveToFolder(qint64 chatId, qint64 folderId);
    void setPinned(qint64 chatId, bool pinned);
    /// All branches under `title`; answered by duplicated. Of a temporary chat: a copy that is kept.
    void duplicate(qint64 chatId, const QString& title);

    /// Answered by optionsRead. They count from the next answer on.
    void readOptions(qint64 chatId);
    void setOptions(qint64 chatId, const ChatOptions& options);

    void putAssistant(const AssistantItem& assistant);  ///< adds it, or changes the one of its id
    void removeAssistant(qint64 id);
    void putPrompt(const PromptItem& prompt);
    void removePrompt(qint64 id);

    /// What is typed and not sent; written a moment after the last change, and at the end. Empty: none any more.
    void setDraft(qint64 chatId, const QString& text);
    QString draft(qint64 chatId) const { return m_items.drafts.value(chatId); }
    void requestStop();  ///< composition's last call: drafts are written now

    void listTrash();  ///< answered by trashListed
    void restore(qint64 chatId);
    void erase(qint64 chatId);  ///< for good: its text is in no file any more
    void emptyTrash();          ///< the same for all of them

 signals:
    void changed();
    void optionsRead(qint64 chatId, const lares::app::ChatOptions& options);
    void duplicated(qint64 chatId);
    void trashListed(const QList<lares::app::TrashItem>& items);
    void failed(const QString& sentence);

 private:
    FailureHandler tellFailure();
    template <typename Change>
    void change(Change work);
    template <typename Change>
    void changeChats(Change work);
    template <typename Change>
    void changeTrash(Change work);
    void writeDrafts();

    StoreThread& m_store;
    ChatService& m_chats;
    LibraryItems m_items;
    QList<qint64> m_unwrittenDrafts;
    QTimer m_draftTimer;  ///< while active, there are drafts that the store does not have
};

}  // namespace lares::app
