// Chats in from and out to files. Reading, parsing and writing happen on the storage thread, so nothing here blocks;
// an import is one transaction. Lives in the GUI thread.
#pragma once

#include "app/services/threads/threads.h"
#include "app/services/transfer/chat_export.h"

#include <functional>
#include <QObject>
#include <QString>

namespace lares::app {

class ChatService;

class TransferService : public QObject {
    Q_OBJECT

 public:
    /// From chats to the bytes of a file; called on the storage thread. May throw.
    using Renderer = std::function<QByteArray(const QList<ExportedChat>&)>;

    TransferService(StoreThread& store, ChatService& chats, QObject* parent = nullptr);

    /// Answered by imported, or by failed with nothing changed.
    void importFrom(const QString& path);
    /// Writes the shown branches of the chats (all that are listed when `chatIds` is empty) to `path`, whole or not at
    /// all. Answered by exported or by failed.
    void exportTo(const QString& path, const QList<qint64>& chatIds, const Renderer& renderer);
    /// The same with all branches, as JSON that importFrom takes back.
    void exportJson(const QString& path, const QList<qint64>& chatIds);

 signals:
    void imported(int chats, int messages, const QString& from);
    void exported(const QString& path, int chats);
    void failed(const QString& sentence);

 private:
    template <typename Writer>
    void write(const QString& path, const QList<qint64>& chatIds, Writer writer);

    StoreThread& m_store;
    ChatService& m_chats;
};

}  // namespace lares::app
