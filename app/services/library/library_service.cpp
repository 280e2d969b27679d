#include "app/services/library/library_service.h"

#include "app/services/chat/chat_service.h"
#include "app/services/chat/chat_values.h"

#include <QDateTime>

namespace lares::app {

namespace {

constexpr int kDraftDelayMs = 500;

qint64 nowMs() {
    return QDateTime::currentMSecsSinceEpoch();
}

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

LibraryItems itemsOf(storage::Stores& stores) {
    LibraryItems items;
    for (const storage::FolderRow& row : stores.library.folders()) items.folders += {row.id, text(row.name)};
    for (const storage::NamedText& row : stores.library.assistants()) {
        items.assistants += {row.id, text(row.name), fromJson(row.text)};
    }
    for (const storage::NamedText& row : stores.library.prompts()) {
        items.prompts += {row.id, text(row.name), text(row.text)};
    }
    for (const auto& [chatId, draft] : stores.library.drafts()) items.drafts.insert(chatId, text(draft));
    return items;
}

QList<TrashItem> trashOf(storage::Stores& stores) {
    QList<TrashItem> items;
    for (const storage::ChatRow& row : stores.chats.listDeleted()) items += {row.id, text(row.title), row.deletedAtMs};
    return items;
}

}  // namespace

LibraryService::LibraryService(StoreThread& store, ChatService& chats, QObject* parent)
    : QObject(parent), m_store(store), m_chats(chats) {
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftDelayMs);
    connect(&m_draftTimer, &QTimer::timeout, this, &LibraryService::writeDrafts);
}

FailureHandler LibraryService::tellFailure() {
    return [this](const Failure& failure) { emit failed(failure.sentence); };
}

/// Changes something and tells all lists as they are then; drafts on their way count more than those read.
template <typename Change>
void LibraryService::change(Change work) {
    const auto whole = [work](storage::Stores& stores) {
        work(stores);
        return itemsOf(stores);
    };
    m_store.ask(
        this, whole,
        [this](LibraryItems items) {
            for (const qint64 chatId : m_unwrittenDrafts) items.drafts.insert(chatId, m_items.drafts.value(chatId));
            m_items = std::move(items);
            emit changed();
        },
        tellFailure());
}

template <typename Change>
void LibraryService::changeChats(Change work) {
    m_store.ask(
        this, work, [this] { m_chats.refreshChats(); }, tellFailure());
}

template <typename Change>
void LibraryService::changeTrash(Change work) {
    const auto whole = [work](storage::Stores& stores) {
        work(stores);
        return trashOf(stores);
    };
    m_store.ask(
        this, whole,
        [this](const QList<TrashItem>& items) {
            emit trashListed(items);
            m_chats.refreshChats();
        },
        tellFailure());
}

void LibraryService::load() {
    change([](storage::Stores&) {});
}

void LibraryService::addFolder(const QString& name, qint64 chatId) {
    const QString shown = name.simplified();
    if (shown.isEmpty()) return;
    change([shown, chatId, atMs = nowMs()](storage::Stores& stores) {
        stores.database.inTransaction([&] {
            const std::int64_t folder = stores.library.addFolder(shown.toStdString(), atMs);
            if (chatId != 0) stores.chats.moveToFolder(chatId, folder);
        });
    });
    if (chatId != 0) m_chats.refreshChats();
}

void LibraryService::renameFolder(qint64 folderId, const QString& name) {
    const QString shown = name.simplified();
    if (shown.isEmpty()) return;
    change([folderId, shown](storage::Stores& stores) { stores.library.renameFolder(folderId, shown.toStdString()); });
}

void LibraryService::removeFolder(qint64 folderId) {
    change([folderId](storage::Stores& stores) { stores.library.removeFolder(folderId); });
    m_chats.refreshChats();
}

void LibraryService::moveToFolder(qint64 chatId, qint64 folderId) {
    changeChats([chatId, folderId](storage::Stores& stores) { stores.chats.moveToFolder(chatId, folderId); });
}

void LibraryService::setPinned(qint64 chatId, bool pinned) {
    changeChats([chatId, pinnedAtMs = pinned ? nowMs() : 0](storage::Stores& stores) {
        stores.chats.setPinned(chatId, pinnedAtMs);
    });
}

void LibraryService::duplicate(qint64 chatId, const QString& title) {
    const auto copy = [chatId, name = title.simplified().toStdString(), atMs = nowMs()](storage::Stores& stores) {
        if (!storage::isTemporary(chatId)) return qint64(stores.chats.duplicateChat(chatId, name, atMs));
        storage::ChatTree tree = stores.temporaryChats().tree(chatId);
        tree.title = name;
        tree.updatedAtMs = atMs;
        return qint64(stores.chats.addTree(tree));
    };
    m_store.ask(
        this, copy,
        [this](qint64 id) {
            m_chats.refreshChats();
            emit duplicated(id);
        },
        tellFailure());
}

void LibraryService::readOptions(qint64 chatId) {
    m_store.ask(
        this, [chatId](storage::Stores& stores) { return fromJson(stores.chatsOf(chatId).options(chatId)); },
        [this, chatId](const ChatOptions& options) { emit optionsRead(chatId, options); }, tellFailure());
}

void LibraryService::setOptions(qint64 chatId, const ChatOptions& options) {
    m_store.ask(
        this,
        [chatId, options](storage::Stores& stores) { stores.chatsOf(chatId).setOptions(chatId, toJson(options)); },
        [this, chatId, options] { emit optionsRead(chatId, options); }, tellFailure());
}

void LibraryService::putAssistant(const AssistantItem& assistant) {
    const QString name = assistant.name.simplified();
    if (name.isEmpty()) return;
    change([id = assistant.id, name, options = assistant.options](storage::Stores& stores) {
        stores.library.putAssistant({id, name.toStdString(), toJson(options)});
    });
}

void LibraryService::removeAssistant(qint64 id) {
    change([id](storage::Stores& stores) { stores.library.removeAssistant(id); });
}

void LibraryService::putPrompt(const PromptItem& prompt) {
    const QString name = prompt.name.simplified();
    if (name.isEmpty() || prompt.text.trimmed().isEmpty()) return;
    change([id = prompt.id, name, words = prompt.text](storage::Stores& stores) {
        stores.library.putPrompt({id, name.toStdString(), words.toStdString()});
    });
}

void LibraryService::removePrompt(qint64 id) {
    change([id](storage::Stores& stores) { stores.library.removePrompt(id); });
}

void LibraryService::setDraft(qint64 chatId, const QString& words) {
    if (words == m_items.drafts.value(chatId)) return;
    if (words.isEmpty()) {
        m_items.drafts.remove(chatId);
    } else {
        m_items.drafts[chatId] = words;
    }
    if (ChatService::isTemporary(chatId)) return;  // never written
    if (!m_unwrittenDrafts.contains(chatId)) m_unwrittenDrafts += chatId;
    m_draftTimer.start();
}

void LibraryService::writeDrafts() {
    m_draftTimer.stop();
    for (const qint64 chatId : std::exchange(m_unwrittenDrafts, {})) {
        const auto write = [chatId, words = m_items.drafts.value(chatId).toStdString()](storage::Stores& stores) {
            stores.library.setDraft(chatId, words);
        };
        m_store.ask(
            this, write, [] {},
            [this, chatId](const Failure& failure) {
                if (!failure.diskFull) emit failed(failure.sentence);
                if (!m_unwrittenDrafts.contains(chatId)) m_unwrittenDrafts += chatId;  // goes with the next one
            });
    }
}

void LibraryService::requestStop() {
    writeDrafts();
}

void LibraryService::listTrash() {
    m_store.ask(
        this, [](storage::Stores& stores) { return trashOf(stores); },
        [this](const QList<TrashItem>& items) { emit trashListed(items); }, tellFailure());
}

void LibraryService::restore(qint64 chatId) {
    changeTrash([chatId](storage::Stores& stores) { stores.chats.undoDelete(chatId); });
}

void LibraryService::erase(qint64 chatId) {
    changeTrash([chatId, atMs = nowMs()](storage::Stores& stores) { stores.chats.eraseChat(chatId, atMs); });
    m_items.drafts.remove(chatId);
}

void LibraryService::emptyTrash() {
    changeTrash([atMs = nowMs()](storage::Stores& stores) { stores.chats.purgeDeleted(atMs + 1); });
}

}  // namespace lares::app
