#include "ui/chat/message_facts.h"

#include <QCoreApplication>
#include <QLocale>

namespace lares::ui {
namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(MessageFacts)
};

QString seconds(double value) {
    return Words::tr("%1 s", "seconds").arg(QLocale().toString(value, 'f', value < 10 ? 1 : 0));
}

/// Not %n: without a translation that would say "1 token(s)".
QString tokensText(int count) {
    return count == 1 ? Words::tr("1 token") : Words::tr("%L1 tokens").arg(count);
}

QString statsLine(const QJsonObject& details) {
    QStringList parts;
    const QString speed = speedText(details[u"tokensPerSecond"].toDouble());
    if (!speed.isEmpty()) parts += speed;
    const int tokens = details[u"generatedTokens"].toInt();
    if (tokens > 0) parts += tokensText(tokens);
    const double first = details[u"timeToFirstTokenSeconds"].toDouble();
    if (first > 0) parts += Words::tr("first word after %1").arg(seconds(first));
    return parts.join(QStringLiteral(", "));
}

QString finishSentence(const QString& finish) {
    if (finish == QLatin1String("maxTokens")) return Words::tr("Ended at the length set in the settings.");
    if (finish == QLatin1String("contextFull")) return Words::tr("Ended because the context was full.");
    if (finish == QLatin1String("cancelled")) return Words::tr("Stopped by you.");
    return {};
}

QString samplingLine(const QJsonObject& sampling) {
    if (sampling.isEmpty()) return {};
    const QLocale locale;
    const auto number = [&](QLatin1String key) { return locale.toString(sampling[key].toDouble(), 'g', 3); };
    return Words::tr("Temperature %1, top-k %2, top-p %3, min-p %4, repetition penalty %5")
        .arg(number(QLatin1String("temperature")), number(QLatin1String("topK")), number(QLatin1String("topP")),
             number(QLatin1String("minP")), number(QLatin1String("repeatPenalty")));
}

/// "SHA-256 0123456789abcdef…": enough to compare; all of it is in an export.
QString shortHash(const QString& hash) {
    return hash.isEmpty() ? QString() : QStringLiteral("SHA-256 %1…").arg(hash.left(16));
}

QString detailLines(const QJsonObject& details) {
    QStringList lines;
    const auto add = [&](const QString& label, const QString& value) {
        if (!value.isEmpty()) lines += Words::tr("%1: %2", "label and value").arg(label, value);
    };
    if (details[u"edited"].toBool()) lines += Words::tr("Written by you.");
    add(Words::tr("Imported from"), details[u"importedFrom"].toString());
    add(Words::tr("Model"), details[u"model"].toString());
    add(Words::tr("Model file"), shortHash(details[u"modelHash"].toString()));
    add(Words::tr("Device"), details[u"device"].toString());
    const QString templateHash = shortHash(details[u"templateHash"].toString());
    const QString templateName = details[u"template"].toString();
    add(Words::tr("Template"),
        templateHash.isEmpty() ? templateName : templateName + QStringLiteral(", ") + templateHash);
    add(Words::tr("System prompt"), details[u"systemPrompt"].toString().simplified());
    add(Words::tr("Seed"), details[u"seed"].toString());
    const int prompt = details[u"promptTokens"].toInt();
    if (prompt > 0) {
        const int reused = details[u"reusedTokens"].toInt();
        add(Words::tr("Read"), reused > 0
                                   ? Words::tr("%1, %L2 of them known from before").arg(tokensText(prompt)).arg(reused)
                                   : tokensText(prompt));
    }
    const QString sampling = samplingLine(details[u"sampling"].toObject());
    if (!sampling.isEmpty()) lines += sampling;
    if (details.contains(u"continuedAt")) lines += Words::tr("Continued from where it had ended.");
    const QString finish = finishSentence(details[u"finish"].toString());
    if (!finish.isEmpty()) lines += finish;
    return lines.join(u'\n');
}

MessageEntry::State toState(app::MessageState state) {
    switch (state) {
        case app::MessageState::writing:
            return MessageEntry::State::writing;
        case app::MessageState::complete:
            return MessageEntry::State::complete;
        case app::MessageState::stopped:
            return MessageEntry::State::stopped;
        case app::MessageState::failed:
            return MessageEntry::State::failed;
    }
    Q_UNREACHABLE();
}

}  // namespace

MessageEntry toEntry(const app::ChatMessageItem& item) {
    MessageEntry entry;
    entry.id = item.id;
    entry.author = item.role == app::MessageRole::user ? MessageEntry::Author::user : MessageEntry::Author::assistant;
    entry.text = item.text;
    entry.state = toState(item.state);
    entry.error = item.error;
    entry.stats = statsLine(item.details);
    entry.details = detailLines(item.details);
    QStringList names;
    for (const app::ChatAttachment& file : item.attachments) names += file.name;
    entry.files = names.join(u'\n');
    entry.summarised = item.summary.has_value();
    entry.summary = item.summary.value_or(QString());
    entry.branch = item.siblingIndex + 1;
    entry.branchCount = item.siblingCount;
    return entry;
}

QString speedText(double tokensPerSecond) {
    if (tokensPerSecond <= 0) return {};
    return Words::tr("%1 tokens/s").arg(QLocale().toString(tokensPerSecond, 'f', tokensPerSecond < 100 ? 1 : 0));
}

QString contextCount(qint64 tokens) {
    const QLocale locale;
    if (tokens < 1000) return locale.toString(tokens);
    const double thousands = double(tokens) / 1024;
    QString number = locale.toString(thousands, 'f', thousands < 9.95 ? 1 : 0);
    const QString whole = locale.decimalPoint() + locale.zeroDigit();
    if (number.endsWith(whole)) number.chop(whole.size());
    return Words::tr("%1k", "thousands of tokens").arg(number);
}

}  // namespace lares::ui
