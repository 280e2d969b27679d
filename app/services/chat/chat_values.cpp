#include "app/services/chat/chat_values.h"

#include "app/services/settings/settings_service.h"

#include <QCryptographicHash>
#include <QJsonDocument>

namespace lares::app {

namespace {

constexpr int kTitleCharacters = 48;
constexpr const char* kErrorKey = "error";

const char* nameOf(inference::FinishReason reason) {
    switch (reason) {
        case inference::FinishReason::endOfText:
            return "endOfText";
        case inference::FinishReason::stopString:
            return "stopString";
        case inference::FinishReason::maxTokens:
            return "maxTokens";
        case inference::FinishReason::contextFull:
            return "contextFull";
        case inference::FinishReason::cancelled:
            return "cancelled";
    }
    Q_UNREACHABLE();
}

MessageState toShown(storage::MessageState state) {
    switch (state) {
        case storage::MessageState::writing:
            return MessageState::writing;
        case storage::MessageState::complete:
            return MessageState::complete;
        case storage::MessageState::stopped:
            return MessageState::stopped;
        case storage::MessageState::failed:
            return MessageState::failed;
    }
    Q_UNREACHABLE();
}

/// A float setting as the decimal that was set: 0.7, not 0.699999988.
double shortest(float value) {
    return QString::number(double(value), 'g', 6).toDouble();
}

/// As a model reads it: each file under its name, then the message.
std::string withAttachments(const storage::MessageRow& row) {
    std::string text;
    for (const storage::Attachment& attachment : row.attachments) {
        text += "File \"" + attachment.name + "\":\n\n" + attachment.text + "\n\nEnd of the file \"" + attachment.name +
                "\".\n\n";
    }
    return text + row.text;
}

QString sha256(const std::string& text) {
    if (text.empty()) return {};
    return QString::fromLatin1(
        QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256).toHex());
}

template <typename Item, typename Row>
QList<Item> allToItems(const std::vector<Row>& rows) {
    QList<Item> items;
    items.reserve(qsizetype(rows.size()));
    for (const Row& row : rows) items += toItem(row);
    return items;
}

}  // namespace

storage::MessageState toStored(MessageState state) {
    switch (state) {
        case MessageState::writing:
            return storage::MessageState::writing;
        case MessageState::complete:
            return storage::MessageState::complete;
        case MessageState::stopped:
            return storage::MessageState::stopped;
        case MessageState::failed:
            return storage::MessageState::failed;
    }
    Q_UNREACHABLE();
}

storage::Role toStored(MessageRole role) {
    return role == MessageRole::user ? storage::Role::user : storage::Role::assistant;
}

std::vector<storage::Attachment> toStored(const QList<ChatAttachment>& attachments) {
    std::vector<storage::Attachment> rows;
    for (const ChatAttachment& attachment : attachments) {
        rows.push_back({attachment.name.toStdString(), attachment.text.toStdString()});
    }
    return rows;
}

storage::SearchQuery toStored(const ChatSearch& search, int limit) {
    storage::SearchQuery query{.text = search.text.toStdString(), .limit = limit};
    if (search.role) query.role = toStored(*search.role);
    query.sinceMs = search.sinceMs;
    query.folderId = search.folderId;
    return query;
}

ChatListItem toItem(const storage::ChatRow& row) {
    return {
        row.id, QString::fromStdString(row.title), row.createdAtMs, row.updatedAtMs, row.folderId, row.pinnedAtMs != 0};
}

ChatMessageItem toItem(const storage::MessageRow& row) {
    ChatMessageItem item;
    item.id = row.id;
    item.chatId = row.chatId;
    item.parentId = row.parentId;
    item.role = row.role == storage::Role::user ? MessageRole::user : MessageRole::assistant;
    item.state = toShown(row.state);
    item.text = QString::fromStdString(row.text);
    item.createdAtMs = row.createdAtMs;
    item.siblingIndex = row.siblingIndex;
    item.siblingCount = row.siblingCount;
    item.details = fromJson(row.details);
    for (const storage::Attachment& attachment : row.attachments) {
        item.attachments += {QString::fromStdString(attachment.name), QString::fromStdString(attachment.text)};
    }
    if (row.summary) item.summary = QString::fromStdString(*row.summary);
    item.error = item.details.take(QLatin1String(kErrorKey)).toString();
    return item;
}

QList<ChatListItem> toItems(const std::vector<storage::ChatRow>& rows) {
    return allToItems<ChatListItem>(rows);
}
QList<ChatMessageItem> toItems(const std::vector<storage::MessageRow>& rows) {
    return allToItems<ChatMessageItem>(rows);
}

ChatSearchHit toHit(const storage::SearchHit& hit) {
    ChatSearchHit shown{hit.chatId, hit.messageId, QString::fromStdString(hit.title), hit.updatedAtMs, {}, {}};
    for (const QChar c : QString::fromStdString(hit.snippet)) {
        if (c == QLatin1Char(storage::kMarkBegin)) {
            shown.marks += SnippetMark{int(shown.snippet.size()), 0};
        } else if (c == QLatin1Char(storage::kMarkEnd)) {
            if (!shown.marks.isEmpty())
                shown.marks.last().length = int(shown.snippet.size()) - shown.marks.last().start;
        } else {
            shown.snippet += c.isSpace() ? QChar(u' ') : c;
        }
    }
    return shown;
}

QString titleFrom(const QString& text) {
    const QString line = text.simplified();
    if (line.size() <= kTitleCharacters) return line;
    QString title = line.left(kTitleCharacters);
    const bool insideWord = !line.at(kTitleCharacters).isSpace();
    const qsizetype lastSpace = title.lastIndexOf(u' ');
    if (insideWord && lastSpace > kTitleCharacters / 2) title.truncate(lastSpace);
    if (title.back().isHighSurrogate()) title.chop(1);
    return title.trimmed() + u'…';
}

std::vector<inference::ChatMessage> conversation(const std::vector<storage::MessageRow>& branch,
                                                 const QString& systemPrompt) {
    std::size_t from = branch.size();
    while (from > 0 && !branch[from - 1].summary) --from;  // one past the last message that a summary stands for
    QString system = systemPrompt.trimmed().isEmpty() ? QString() : systemPrompt;
    if (from > 0 && !branch[from - 1].summary->empty()) {
        if (!system.isEmpty()) system += QStringLiteral("\n\n");
        system +=
            QStringLiteral("Summary of the conversation so far:\n") + QString::fromStdString(*branch[from - 1].summary);
    }
    std::vector<inference::ChatMessage> messages;
    if (!system.isEmpty()) messages.push_back({inference::Role::system, system.toStdString()});
    for (; from < branch.size(); ++from) {
        const storage::MessageRow& row = branch[from];
        const std::string text = withAttachments(row);
        if (text.empty()) continue;
        const auto role = row.role == storage::Role::user ? inference::Role::user : inference::Role::assistant;
        if (!messages.empty() && messages.back().role == role) {
            messages.back().text += "\n\n" + text;
        } else {
            messages.push_back({role, text});
        }
    }
    return messages;
}

inference::GenerateRequest requestFrom(const SettingsService& settings, const ChatOptions& options) {
    const QJsonObject own = options[u"sampling"].toObject();
    const auto value = [&](const char* name, const QString& key) {
        const QJsonValue here = own[QLatin1String(name)];
        return here.isDouble() ? here.toDouble() : settings.value(key).toDouble();
    };
    inference::GenerateRequest request;
    inference::SamplingParams& sampling = request.sampling;
    const int maxTokens = int(value("maxTokens", setting::kMaxTokens));
    request.maxTokens = maxTokens > 0 ? maxTokens : -1;
    sampling.temperature = float(value("temperature", setting::kTemperature));
    sampling.topK = int(value("topK", setting::kTopK));
    sampling.topP = float(value("topP", setting::kTopP));
    sampling.minP = float(value("minP", setting::kMinP));
    sampling.repeatPenalty = float(value("repeatPenalty", setting::kRepeatPenalty));
    // 64 bits do not fit a JSON number, so a seed that comes from an answer is text.
    bool isNumber = false;
    const quint64 text = own[u"seed"].toString().toULongLong(&isNumber);
    const double number = value("seed", setting::kSeed);
    if (isNumber) {
        sampling.seed = text;
    } else if (number >= 0) {
        sampling.seed = static_cast<std::uint64_t>(number);
    }
    return request;
}

QString systemPromptFrom(const SettingsService& settings, const ChatOptions& options) {
    const QJsonValue own = options[u"systemPrompt"];
    return own.isString() ? own.toString() : settings.value(setting::kSystemPrompt).toString();
}

ChatOptions optionsOf(const QJsonObject& details) {
    QJsonObject sampling = details[u"sampling"].toObject();
    sampling.insert(QStringLiteral("seed"), details[u"seed"]);
    if (sampling[u"maxTokens"].toInt() < 0) sampling.insert(QStringLiteral("maxTokens"), 0);
    return {{QStringLiteral("sampling"), sampling},
            {QStringLiteral("systemPrompt"), details[u"systemPrompt"].toString()},
            {QStringLiteral("model"), details[u"modelPath"]}};
}

QJsonObject detailsOf(const inference::Finish& finish, const inference::ModelInfo& model,
                      const inference::GenerateRequest& request) {
    const inference::GenerateStats& stats = finish.stats;
    const inference::SamplingParams& sampling = request.sampling;
    const QJsonObject sampler{{"temperature", shortest(sampling.temperature)},
                              {"topK", sampling.topK},
                              {"topP", shortest(sampling.topP)},
                              {"minP", shortest(sampling.minP)},
                              {"repeatPenalty", shortest(sampling.repeatPenalty)},
                              {"repeatLastN", sampling.repeatLastN},
                              {"maxTokens", request.maxTokens}};
    QJsonObject details{{"model", QString::fromStdString(model.name)},
                        {"modelPath", QString::fromStdString(model.path.string())},
                        {"device", QString::fromStdString(stats.device)},
                        {"template", QString::fromStdString(stats.templateSource)},
                        {"templateHash", sha256(stats.templateText)},
                        {"finish", nameOf(finish.reason)},
                        {"seed", QString::number(stats.seed)},
                        {"sampling", sampler},
                        {"promptTokens", qint64(stats.promptTokens)},
                        {"reusedTokens", qint64(stats.reusedTokens)},
                        {"generatedTokens", qint64(stats.generatedTokens)},
                        {"contextLength", qint64(stats.contextLength)},
                        {"timeToFirstTokenSeconds", stats.timeToFirstTokenSeconds},
                        {"promptSeconds", stats.promptSeconds},
                        {"generateSeconds", stats.generateSeconds}};
    if (stats.generateSeconds > 0)
        details[QLatin1String("tokensPerSecond")] = stats.generatedTokens / stats.generateSeconds;
    return details;
}

QJsonObject fromJson(const std::string& json) {
    if (json == "{}") return {};  // of most rows
    return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

std::string toJson(const QJsonObject& object) {
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

}  // namespace lares::app
