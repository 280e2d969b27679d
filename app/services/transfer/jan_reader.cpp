// Jan keeps a folder for each thread: thread.json {title, created, updated, assistants: [{instructions, model: {id}}]}
// and messages.jsonl, one message a line {role, created_at, content: [{type: "text", text: {value}}]}.
#include "app/services/transfer/readers.h"

#include <QCoreApplication>

namespace lares::app::import {

bool isJanThread(const QDir& folder) {
    return folder.exists(QStringLiteral("thread.json")) && folder.exists(QStringLiteral("messages.jsonl"));
}

storage::ChatTree readJanThread(const QDir& folder) {
    const QString threadPath = folder.filePath(QStringLiteral("thread.json"));
    const QString messagesPath = folder.filePath(QStringLiteral("messages.jsonl"));
    const QJsonObject thread = jsonOf(bytesOf(threadPath), threadPath).object();
    const QJsonValue assistant = thread[u"assistants"].toArray().at(0);
    const QString model = assistant[u"model"][u"id"].toString();
    storage::ChatTree tree;
    for (const QByteArray& line : bytesOf(messagesPath).split('\n')) {
        if (line.trimmed().isEmpty()) continue;
        const QJsonObject object = jsonOf(line, messagesPath).object();
        const auto role = roleOf(object[u"role"].toString());
        QString text;
        for (const QJsonValue& part : object[u"content"].toArray()) text += part[u"text"][u"value"].toString();
        if (!role || text.trimmed().isEmpty()) continue;
        tree.messages.push_back({.parent = int(tree.messages.size()) - 1,
                                 .role = *role,
                                 .text = text.toStdString(),
                                 .createdAtMs = timeOf(object[u"created_at"])});
        if (role == storage::Role::assistant) tree.messages.back().details = detailsOf(QStringLiteral("Jan"), model);
    }
    tree.options = optionsOf(assistant[u"instructions"].toString());
    complete(tree, thread[u"title"].toString(), timeOf(thread[u"created"]), timeOf(thread[u"updated"]));
    return tree;
}

}  // namespace lares::app::import
