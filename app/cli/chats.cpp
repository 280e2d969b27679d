// `lares chats`: the store's chats without a window. No model is needed and none is loaded.
#include "app/cli/command.h"
#include "app/services/chat/chat_values.h"
#include "app/services/transfer/chat_export.h"
#include "app/services/transfer/chat_import.h"
#include "app/services/transfer/transfer_error.h"
#include "ui/chat/chat_document.h"

#include <cstdio>
#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

namespace lares::cli {

namespace {

constexpr int kHits = 200;

void print(const QString& line) {
    std::fprintf(stdout, "%s\n", qUtf8Printable(line));
}

void print(const QJsonDocument& document) {
    std::fprintf(stdout, "%s\n", document.toJson(QJsonDocument::Compact).constData());
}

QString when(std::int64_t atMs) {
    return QDateTime::fromMSecsSinceEpoch(atMs).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

void list(storage::Stores& stores, bool json) {
    QJsonArray rows;
    for (const storage::ChatRow& row : stores.chats.listChats()) {
        const QString title = QString::fromStdString(row.title);
        if (json) {
            rows += QJsonObject{{"id", qint64(row.id)},
                                {"title", title},
                                {"createdAtMs", qint64(row.createdAtMs)},
                                {"updatedAtMs", qint64(row.updatedAtMs)},
                                {"pinned", row.pinnedAtMs != 0}};
        } else {
            print(QStringLiteral("%1  %2  %3").arg(row.id, 6).arg(when(row.updatedAtMs), title));
        }
    }
    if (json) print(QJsonDocument(rows));
}

void search(storage::Stores& stores, const std::string& text, bool json) {
    QJsonArray rows;
    for (const storage::SearchHit& found : stores.chats.search(text, kHits)) {
        const app::ChatSearchHit hit = app::toHit(found);
        if (json) {
            rows += QJsonObject{
                {"id", hit.chatId}, {"messageId", hit.messageId}, {"title", hit.title}, {"snippet", hit.snippet}};
        } else {
            print(QStringLiteral("%1  %2\n        %3").arg(hit.chatId, 6).arg(hit.title, hit.snippet));
        }
    }
    if (json) print(QJsonDocument(rows));
}

QByteArray rendered(const std::vector<storage::ChatTree>& trees, const QString& suffix) {
    if (suffix == QLatin1String("json")) return app::chatsToJson(trees);
    const QList<app::ExportedChat> chats = app::exportedChats(trees);
    if (suffix == QLatin1String("md")) return app::chatsToMarkdown(chats);
    if (suffix == QLatin1String("html")) return ui::chatsToHtml(chats);
    if (suffix == QLatin1String("pdf")) return ui::chatsToPdf(chats);
    throw UsageError("The file must end in .md, .html, .pdf or .json, which says what is written.");
}

void exportTo(storage::Stores& stores, const QString& path, std::optional<std::int64_t> chatId, bool json) {
    std::vector<storage::ChatTree> trees;
    if (chatId) {
        trees.push_back(stores.chats.tree(*chatId));
    } else {
        for (const storage::ChatRow& row : stores.chats.listChats()) trees.push_back(stores.chats.tree(row.id));
    }
    const QByteArray bytes = rendered(trees, QFileInfo(path).suffix().toLower());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        throw app::TransferError(
            QStringLiteral("%1 could not be written: %2. No chat was changed.").arg(path, file.errorString()));
    }
    if (json) {
        print(QJsonDocument(QJsonObject{{"file", path}, {"chats", int(trees.size())}}));
    } else {
        print(QStringLiteral("%1 chats were written to %2.").arg(trees.size()).arg(path));
    }
}

void importFrom(storage::Stores& stores, const QString& path, bool json) {
    const app::ImportedChats read = app::readChats(path);
    int messages = 0;
    stores.database.inTransaction([&] {
        for (const storage::ChatTree& tree : read.chats) {
            stores.chats.addTree(tree);
            messages += int(tree.messages.size());
        }
    });
    const int chats = int(read.chats.size());
    if (json) {
        print(QJsonDocument(QJsonObject{{"from", read.from}, {"chats", chats}, {"messages", messages}}));
    } else {
        print(QStringLiteral("%1 chats with %2 messages came from %3.").arg(chats).arg(messages).arg(read.from));
    }
}

}  // namespace

int runChats(const app::CompositionOptions& options, Arguments& arguments) {
    const bool json = arguments.flag("--json");
    const auto chatId = arguments.integer("--chat");
    const std::string verb = arguments.word("list, search, export or import");
    std::optional<std::string> text;
    if (verb == "search") text = arguments.word("What to search for");
    if (verb == "export" || verb == "import") text = arguments.word("The file");
    if (chatId && verb != "export") throw UsageError("--chat is for export.");
    arguments.finish();
    if (verb != "list" && !text) throw UsageError("There is no verb " + verb + " of chats.");

    const auto stores = app::openStores(options.profileFolder);
    const QString path = text ? QString::fromStdString(*text) : QString();
    if (verb == "list") list(*stores, json);
    if (verb == "search") search(*stores, *text, json);
    if (verb == "export") exportTo(*stores, path, chatId, json);
    if (verb == "import") importFrom(*stores, path, json);
    return 0;
}

}  // namespace lares::cli
