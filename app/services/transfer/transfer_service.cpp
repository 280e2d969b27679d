#include "app/services/transfer/transfer_service.h"

#include "app/services/chat/chat_service.h"
#include "app/services/transfer/chat_import.h"
#include "app/services/transfer/transfer_error.h"

#include <QSaveFile>

namespace lares::app {

namespace {

struct Imported {
    int chats = 0, messages = 0;
    QString from;
};

Imported importAll(storage::Stores& stores, const QString& path) {
    const ImportedChats read = readChats(path);
    Imported result{int(read.chats.size()), 0, read.from};
    stores.database.inTransaction([&] {
        for (const storage::ChatTree& tree : read.chats) {
            stores.chats.addTree(tree);
            result.messages += int(tree.messages.size());
        }
    });
    return result;
}

template <typename Writer>
int exportAll(storage::Stores& stores, const QString& path, const QList<qint64>& chatIds, const Writer& writer) {
    std::vector<storage::ChatTree> trees;
    if (chatIds.isEmpty()) {
        for (const storage::ChatRow& row : stores.chats.listChats()) trees.push_back(stores.chats.tree(row.id));
    } else {
        for (const qint64 id : chatIds) trees.push_back(stores.chatsOf(id).tree(id));
    }
    QSaveFile file(path);
    const bool written = file.open(QIODevice::WriteOnly) && file.write(writer(trees)) >= 0 && file.commit();
    if (!written) {
        throw TransferError(
            TransferService::tr("%1 could not be written: %2. No chat was changed.").arg(path, file.errorString()));
    }
    return int(trees.size());
}

}  // namespace

TransferService::TransferService(StoreThread& store, ChatService& chats, QObject* parent)
    : QObject(parent), m_store(store), m_chats(chats) {}

void TransferService::importFrom(const QString& path) {
    m_store.ask(
        this, [path](storage::Stores& stores) { return importAll(stores, path); },
        [this](const Imported& result) {
            m_chats.refreshChats();
            emit imported(result.chats, result.messages, result.from);
        },
        [this](const Failure& failure) { emit failed(failure.sentence); });
}

template <typename Writer>
void TransferService::write(const QString& path, const QList<qint64>& chatIds, Writer writer) {
    m_store.ask(
        this, [path, chatIds, writer](storage::Stores& stores) { return exportAll(stores, path, chatIds, writer); },
        [this, path](int chats) { emit exported(path, chats); },
        [this](const Failure& failure) { emit failed(failure.sentence); });
}

void TransferService::exportTo(const QString& path, const QList<qint64>& chatIds, const Renderer& renderer) {
    write(path, chatIds,
          [renderer](const std::vector<storage::ChatTree>& trees) { return renderer(exportedChats(trees)); });
}

void TransferService::exportJson(const QString& path, const QList<qint64>& chatIds) {
    write(path, chatIds, chatsToJson);
}

}  // namespace lares::app
