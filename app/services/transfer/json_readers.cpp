// ChatGPT, Open WebUI and LM Studio. Their formats, as far as chats need them:
// ChatGPT: [{title, create_time, update_time, current_node, mapping: {id: {parent, children, message: {author: {role},
//   create_time, content: {content_type, parts}, metadata: {model_slug}}}}}]
// Open WebUI: [{title, created_at, updated_at, chat: {title, system, history: {currentId, messages: {id: {parentId,
//   childrenIds, role, content, timestamp, model}}}}}]
// LM Studio: {name, createdAt, systemPrompt, messages: [{currentlySelected, versions: [{type, role, content: [{type,
//   text}], steps: [{type: "contentBlock", content, style: {type: "thinking"}}], senderInfo: {senderName}}]}]}
#include "app/services/transfer/readers.h"

namespace lares::app::import {

namespace {

/// The document as a list of objects: an export is one or many.
QJsonArray listOf(const QJsonDocument& document) {
    return document.isArray() ? document.array() : QJsonArray{document.object()};
}

QStringList stringsOf(const QJsonValue& value) {
    QStringList strings;
    for (const QJsonValue& item : value.toArray()) strings += item.toString();
    return strings;
}

/// Text parts joined; images and other things are named in their place.
QString chatGptText(const QJsonObject& content) {
    QStringList parts;
    for (const QJsonValue& part : content[u"parts"].toArray()) {
        if (part.isString()) {
            parts += part.toString();
        } else {
            const QString text = part[u"text"].toString();
            parts += text.isEmpty() ? QStringLiteral("[%1]").arg(part[u"content_type"].toString(QStringLiteral("file")))
                                    : text;
        }
    }
    if (parts.isEmpty()) parts += content[u"text"].toString();
    return parts.join(QStringLiteral("\n\n"));
}

Node chatGptNode(const QJsonObject& object) {
    const QJsonObject message = object[u"message"].toObject();
    const auto role = roleOf(message[u"author"][u"role"].toString());
    const QString text = chatGptText(message[u"content"].toObject());
    Node node;
    node.parent = object[u"parent"].toString();
    node.children = stringsOf(object[u"children"]);
    node.kept = role && !text.trimmed().isEmpty();
    node.message.role = role.value_or(storage::Role::user);
    node.message.text = text.toStdString();
    node.message.createdAtMs = timeOf(message[u"create_time"]);
    if (role == storage::Role::assistant) {
        node.message.details = detailsOf(QStringLiteral("ChatGPT"), message[u"metadata"][u"model_slug"].toString());
    }
    return node;
}

Node openWebUiNode(const QJsonObject& object) {
    const auto role = roleOf(object[u"role"].toString());
    const QString text = object[u"content"].toString();
    Node node;
    node.parent = object[u"parentId"].toString();
    node.children = stringsOf(object[u"childrenIds"]);
    node.kept = role && !text.trimmed().isEmpty();
    node.message.role = role.value_or(storage::Role::user);
    node.message.text = text.toStdString();
    node.message.createdAtMs = timeOf(object[u"timestamp"]);
    if (role == storage::Role::assistant) {
        node.message.details = detailsOf(QStringLiteral("Open WebUI"), object[u"model"].toString());
    }
    return node;
}

QString lmStudioContent(const QJsonValue& content) {
    QString text;
    for (const QJsonValue& part : content.toArray()) {
        if (part[u"type"].toString() == QLatin1String("text")) text += part[u"text"].toString();
    }
    return text;
}

/// Thinking comes first, as Lares keeps it.
QString lmStudioText(const QJsonObject& version) {
    QString thinking, text = lmStudioContent(version[u"content"]);
    for (const QJsonValue& step : version[u"steps"].toArray()) {
        const bool thinks = step[u"style"][u"type"].toString() == QLatin1String("thinking");
        (thinks ? thinking : text) += lmStudioContent(step[u"content"]);
    }
    return thinking.isEmpty() ? text : QStringLiteral("<think>%1</think>\n\n%2").arg(thinking, text);
}

storage::ChatTree lmStudioChat(const QJsonObject& object) {
    storage::ChatTree tree;
    int parent = -1;
    for (const QJsonValue& entry : object[u"messages"].toArray()) {
        const QJsonArray versions = entry[u"versions"].toArray();
        const int selected = std::clamp(entry[u"currentlySelected"].toInt(), 0, std::max(0, int(versions.size()) - 1));
        int next = parent;
        for (int i = 0; i < versions.size(); ++i) {
            const QJsonObject version = versions[i].toObject();
            const auto role = roleOf(version[u"role"].toString());
            const QString text = lmStudioText(version);
            if (!role || text.trimmed().isEmpty()) continue;
            storage::ChatTree::Message message{.parent = parent, .role = *role, .text = text.toStdString()};
            if (role == storage::Role::assistant) {
                message.details =
                    detailsOf(QStringLiteral("LM Studio"), version[u"senderInfo"][u"senderName"].toString());
            }
            tree.messages.push_back(std::move(message));
            if (i == selected) next = int(tree.messages.size()) - 1;
        }
        parent = next;
    }
    tree.leaf = parent;
    tree.options = optionsOf(object[u"systemPrompt"].toString());
    const std::int64_t createdAtMs = timeOf(object[u"createdAt"]);
    complete(tree, object[u"name"].toString(), createdAtMs, createdAtMs);
    return tree;
}

}  // namespace

std::optional<Chats> readChatGpt(const QJsonDocument& document) {
    Chats chats;
    const QJsonArray list = listOf(document);
    for (const QJsonValue& value : list) {
        if (!value[u"mapping"].isObject()) return std::nullopt;
        const QJsonObject mapping = value[u"mapping"].toObject();
        QHash<QString, Node> nodes;
        for (auto it = mapping.begin(); it != mapping.end(); ++it) {
            nodes.insert(it.key(), chatGptNode(it.value().toObject()));
        }
        chats.push_back(treeOf(nodes, value[u"current_node"].toString()));
        complete(chats.back(), value[u"title"].toString(), timeOf(value[u"create_time"]),
                 timeOf(value[u"update_time"]));
    }
    if (list.isEmpty()) return std::nullopt;
    return chats;
}

std::optional<Chats> readOpenWebUi(const QJsonDocument& document) {
    Chats chats;
    const QJsonArray list = listOf(document);
    for (const QJsonValue& value : list) {
        const QJsonObject chat = value[u"chat"].toObject();
        const QJsonObject history = chat[u"history"].toObject();
        if (!history[u"messages"].isObject()) return std::nullopt;
        const QJsonObject messages = history[u"messages"].toObject();
        QHash<QString, Node> nodes;
        for (auto it = messages.begin(); it != messages.end(); ++it) {
            nodes.insert(it.key(), openWebUiNode(it.value().toObject()));
        }
        chats.push_back(treeOf(nodes, history[u"currentId"].toString()));
        chats.back().options = optionsOf(chat[u"system"].toString());
        const QString title = value[u"title"].toString(chat[u"title"].toString());
        complete(chats.back(), title, timeOf(value[u"created_at"]), timeOf(value[u"updated_at"]));
    }
    if (list.isEmpty()) return std::nullopt;
    return chats;
}

std::optional<Chats> readLmStudio(const QJsonDocument& document) {
    const QJsonArray messages = document[u"messages"].toArray();
    if (messages.isEmpty()) return std::nullopt;
    for (const QJsonValue& message : messages) {
        if (!message[u"versions"].isArray()) return std::nullopt;
    }
    return Chats{lmStudioChat(document.object())};
}

}  // namespace lares::app::import
