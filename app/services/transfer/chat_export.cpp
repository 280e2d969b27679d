// The JSON: {"format": "lares-chats", "version": 1, "chats": [{"title", "createdAtMs", "updatedAtMs", "options",
// "leaf", "messages": [{"parent", "role", "text", "createdAtMs", "details", "attachments": [{"name", "text"}]}]}]};
// "parent" and "leaf" are places in "messages", -1 for none; parents come first.
#include "app/services/transfer/chat_export.h"

#include "app/services/chat/chat_values.h"
#include "app/services/transfer/readers.h"

#include <algorithm>
#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>

namespace lares::app {

namespace {

const QString kFormat = QStringLiteral("lares-chats");
constexpr int kVersion = 1;

QString tr(const char* text) {
    return QCoreApplication::translate("Export", text);
}

QString shown(std::int64_t atMs) {
    return QDateTime::fromMSecsSinceEpoch(atMs).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

/// A fence that the text cannot close.
QString fenceFor(const QString& text) {
    qsizetype longest = 2, run = 0;
    for (const QChar c : text) {
        run = c == u'`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return QString(longest + 1, u'`');
}

QString toMarkdown(const ExportedChat& chat) {
    QString text = QStringLiteral("# %1\n").arg(chat.title);
    for (const ExportedMessage& message : chat.messages) {
        text += QStringLiteral("\n## %1\n").arg(message.heading);
        for (const ChatAttachment& file : message.attachments) {
            const QString fence = fenceFor(file.text);
            text += QStringLiteral("\n%1\n\n%2\n%3\n%2\n").arg(tr("File: %1").arg(file.name), fence, file.text);
        }
        text += u'\n' + message.text.trimmed() + u'\n';
    }
    return text;
}

/// From first to last.
std::vector<const storage::ChatTree::Message*> shownBranch(const storage::ChatTree& tree) {
    std::vector<const storage::ChatTree::Message*> branch;
    for (int at = tree.leaf; at >= 0; at = tree.messages[at].parent) branch.push_back(&tree.messages[at]);
    std::reverse(branch.begin(), branch.end());
    return branch;
}

QJsonObject toJsonObject(const storage::ChatTree::Message& message) {
    QJsonObject object{{"parent", message.parent},
                       {"role", message.role == storage::Role::user ? "user" : "assistant"},
                       {"text", QString::fromStdString(message.text)},
                       {"createdAtMs", qint64(message.createdAtMs)},
                       {"details", fromJson(message.details)}};
    QJsonArray attachments;
    for (const storage::Attachment& file : message.attachments) {
        attachments +=
            QJsonObject{{"name", QString::fromStdString(file.name)}, {"text", QString::fromStdString(file.text)}};
    }
    if (!attachments.isEmpty()) object.insert(QLatin1String("attachments"), attachments);
    return object;
}

[[noreturn]] void refuse() {
    throw TransferError(QCoreApplication::translate(
        "Import", "This export of Lares is damaged or was written by a newer version. Nothing was changed."));
}

storage::ChatTree::Message messageFrom(const QJsonObject& object, int place) {
    const auto role = import::roleOf(object[u"role"].toString());
    const int parent = object[u"parent"].toInt(-2);
    if (!role || parent < -1 || parent >= place || !object[u"text"].isString()) refuse();
    storage::ChatTree::Message message{.parent = parent,
                                       .role = *role,
                                       .text = object[u"text"].toString().toStdString(),
                                       .createdAtMs = import::timeOf(object[u"createdAtMs"]),
                                       .details = toJson(object[u"details"].toObject())};
    for (const QJsonValue& file : object[u"attachments"].toArray()) {
        message.attachments.push_back({file[u"name"].toString().toStdString(), file[u"text"].toString().toStdString()});
    }
    return message;
}

}  // namespace

QList<ExportedChat> exportedChats(const std::vector<storage::ChatTree>& trees) {
    QList<ExportedChat> chats;
    for (const storage::ChatTree& tree : trees) {
        ExportedChat chat{QString::fromStdString(tree.title), {}};
        for (const storage::ChatTree::Message* message : shownBranch(tree)) {
            const bool mine = message->role == storage::Role::user;
            const QString model = fromJson(message->details)[u"model"].toString();
            const QString who = mine ? tr("You") : model.isEmpty() ? tr("Answer") : model;
            ExportedMessage out{who + QStringLiteral(", ") + shown(message->createdAtMs),
                                mine,
                                QString::fromStdString(message->text),
                                {}};
            for (const storage::Attachment& file : message->attachments) {
                out.attachments += {QString::fromStdString(file.name), QString::fromStdString(file.text)};
            }
            chat.messages += out;
        }
        chats += chat;
    }
    return chats;
}

QByteArray chatsToMarkdown(const QList<ExportedChat>& chats) {
    QStringList texts;
    for (const ExportedChat& chat : chats) texts += toMarkdown(chat);
    return texts.join(QStringLiteral("\n---\n\n")).toUtf8();
}

QByteArray chatsToJson(const std::vector<storage::ChatTree>& trees) {
    QJsonArray list;
    for (const storage::ChatTree& tree : trees) {
        QJsonArray messages;
        for (const storage::ChatTree::Message& message : tree.messages) messages += toJsonObject(message);
        list += QJsonObject{{"title", QString::fromStdString(tree.title)},
                            {"createdAtMs", qint64(tree.createdAtMs)},
                            {"updatedAtMs", qint64(tree.updatedAtMs)},
                            {"options", fromJson(tree.options)},
                            {"leaf", tree.leaf},
                            {"messages", messages}};
    }
    return QJsonDocument(QJsonObject{{"format", kFormat}, {"version", kVersion}, {"chats", list}}).toJson();
}

std::optional<import::Chats> import::readLares(const QJsonDocument& document) {
    if (document[u"format"].toString() != kFormat) return std::nullopt;
    if (document[u"version"].toInt() != kVersion) refuse();
    Chats chats;
    for (const QJsonValue& value : document[u"chats"].toArray()) {
        storage::ChatTree tree;
        const QJsonArray messages = value[u"messages"].toArray();
        for (const QJsonValue& message : messages) {
            tree.messages.push_back(messageFrom(message.toObject(), int(tree.messages.size())));
        }
        tree.leaf = value[u"leaf"].toInt(-1);
        if (tree.leaf < -1 || tree.leaf >= int(tree.messages.size())) refuse();
        tree.options = toJson(value[u"options"].toObject());
        complete(tree, value[u"title"].toString(), timeOf(value[u"createdAtMs"]), timeOf(value[u"updatedAtMs"]));
        chats.push_back(std::move(tree));
    }
    return chats;
}

}  // namespace lares::app
