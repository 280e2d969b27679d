#include "app/services/chat/chat_values.h"

#include "app/services/settings/settings_service.h"

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

ChatListItem toItem(const storage::ChatRow& row) {
    return {row.id, QString::fromStdString(row.title), row.createdAtMs, row.updatedAtMs};
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
    item.details = QJsonDocument::fromJson(QByteArray::fromStdString(row.details)).object();
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
    std::vector<inference::ChatMessage> messages;
    if (!systemPrompt.trimmed().isEmpty()) messages.push_back({inference::Role::system, systemPrompt.toStdString()});
    for (const storage::MessageRow& row : branch) {
        if (row.text.empty()) continue;
        const auto role = row.role == storage::Role::user ? inference::Role::user : inference::Role::assistant;
        if (!messages.empty() && messages.back().role == role) {
            messages.back().text += "\n\n" + row.text;
        } else {
            messages.push_back({role, row.text});
        }
    }
    return messages;
}

inference::GenerateRequest requestFrom(const SettingsService& settings) {
    const auto number = [&](const QString& key) { return static_cast<float>(settings.value(key).toDouble()); };
    inference::GenerateRequest request;
    const int maxTokens = settings.value(setting::kMaxTokens).toInt();
    request.maxTokens = maxTokens > 0 ? maxTokens : -1;
    request.sampling.temperature = number(setting::kTemperature);
    request.sampling.topK = settings.value(setting::kTopK).toInt();
    request.sampling.topP = number(setting::kTopP);
    request.sampling.minP = number(setting::kMinP);
    request.sampling.repeatPenalty = number(setting::kRepeatPenalty);
    const int seed = settings.value(setting::kSeed).toInt();
    if (seed >= 0) request.sampling.seed = static_cast<std::uint64_t>(seed);
    return request;
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

std::string toJson(const QJsonObject& object) {
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

}  // namespace lares::app
