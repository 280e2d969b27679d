#include "app/services/chat/side_questions.h"

#include "app/services/chat/chat_service.h"
#include "app/services/chat/chat_values.h"
#include "app/services/settings/settings_service.h"

#include <QRegularExpression>

namespace lares::app {

namespace {

constexpr int kIdleMs = 1500;
constexpr int kTitleTokens = 40;
constexpr int kTitleCharacters = 60;
constexpr int kSummaryTokens = 700;

/// All of an answer without its thinking, or nothing when there is no model or it was stopped.
QString ask(inference::Engine& engine, inference::GenerateRequest request, const std::stop_token& stop) {
    if (stop.stop_requested() || !engine.loaded()) return {};
    request.sampling.temperature = 0;
    std::string text;
    const inference::EventSink sink{.onPrompt = {}, .onText = [&text](const inference::TextPiece& piece) {
                                        if (piece.kind == inference::TextPiece::Kind::text) text += piece.text;
                                    }};
    const inference::Finish finish = engine.generate(request, sink, stop);
    if (finish.reason == inference::FinishReason::cancelled) return {};
    // The closing tag of the thinking belongs to the piece behind it.
    static const QRegularExpression thought(QStringLiteral("^\\s*</think>\\s*"));
    return QString::fromStdString(text).remove(thought).trimmed();
}

}  // namespace

SideQuestions::SideQuestions(StoreThread& store, InferenceThread& inference, SettingsService& settings,
                             ChatService& chats, QObject* parent)
    : QObject(parent), m_store(store), m_inference(inference), m_settings(settings), m_chats(chats) {
    m_idleTimer.setSingleShot(true);
    m_idleTimer.setInterval(kIdleMs);
    connect(&m_idleTimer, &QTimer::timeout, this, &SideQuestions::proposeTitle);
    connect(&chats, &ChatService::messageChanged, this, &SideQuestions::note);
    connect(&chats, &ChatService::busyChanged, this, [this](qint64, bool busy) {
        if (!busy) return;
        m_idleTimer.stop();
        m_stopTitle.request_stop();
    });
}

void SideQuestions::note(const ChatMessageItem& message) {
    if (message.state != MessageState::complete || message.role != MessageRole::assistant) return;
    if (m_tried.contains(message.chatId) || m_settings.value(setting::kSuggestTitles).toString() != QLatin1String("on"))
        return;
    m_candidate = message.chatId;
    m_idleTimer.start();
}

void SideQuestions::proposeTitle() {
    if (m_closed || m_chats.isBusy() || isSummarising()) return;
    const qint64 chatId = m_candidate;
    m_tried.insert(chatId);
    const auto read = [chatId](storage::Stores& stores) {
        storage::ChatStore& chats = stores.chatsOf(chatId);
        const bool open = chats.chat(chatId).titleBy == storage::TitleBy::words;
        return open ? chats.shownMessages(chatId) : std::vector<storage::MessageRow>();
    };
    m_store.ask(this, read, [this, chatId](const std::vector<storage::MessageRow>& branch) {
        if (branch.empty() || m_closed || m_chats.isBusy()) return;
        m_stopTitle = {};
        inference::GenerateRequest request;
        request.messages = conversation(branch, m_settings.value(setting::kSystemPrompt).toString());
        request.messages.push_back(
            {inference::Role::user,
             "Give this conversation a title of at most six words, in its own language. Answer with the title alone."});
        request.maxTokens = kTitleTokens;
        m_inference.ask(
            this,
            [request, stop = m_stopTitle.get_token()](inference::Engine& engine) { return ask(engine, request, stop); },
            [this, chatId](const QString& answer) {
                const QString title = titleIn(answer);
                if (title.isEmpty()) return;
                const auto propose = [chatId, title](storage::Stores& stores) {
                    return stores.chatsOf(chatId).proposeTitle(chatId, title.toStdString());
                };
                m_store.ask(this, propose, [this, chatId, title](bool taken) {
                    if (!taken) return;
                    m_chats.refreshChats();
                    emit titled(chatId, title);
                });
            });
    });
}

QString SideQuestions::titleIn(const QString& answer) {
    static const QRegularExpression label(QStringLiteral("^(title|titel|titre|t[ií]tulo)\\s*:\\s*"),
                                          QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression around(QStringLiteral("^[\\s\"'“”„«»*#_`]+|[\\s\"'“”„«»*_`.]+$"));
    QString title = answer.trimmed().section(u'\n', 0, 0);
    title.remove(around).remove(label).remove(around);
    title = title.simplified();
    if (title.size() > kTitleCharacters) return {};  // a sentence, not a title
    return title;
}

qint64 SideQuestions::lastOfOlderPart(const std::vector<storage::MessageRow>& branch) {
    std::size_t from = branch.size();
    while (from > 0 && !branch[from - 1].summary) --from;
    std::size_t total = 0;
    for (std::size_t i = from; i < branch.size(); ++i) total += branch[i].text.size();
    std::size_t kept = 0;
    qint64 last = 0;
    for (std::size_t i = branch.size(); i > from + 1; --i) {
        kept += branch[i - 1].text.size();
        if (branch[i - 1].role != storage::Role::user) continue;
        last = branch[i - 2].id;
        if (kept * 3 >= total) break;
    }
    return last;
}

void SideQuestions::summarise(qint64 chatId) {
    compact(chatId, true);
}

void SideQuestions::dropOlder(qint64 chatId) {
    compact(chatId, false);
}

void SideQuestions::compact(qint64 chatId, bool withSummary) {
    if (isSummarising()) return;
    const auto read = [chatId](storage::Stores& stores) { return stores.chatsOf(chatId).shownMessages(chatId); };
    m_store.ask(
        this, read,
        [this, chatId, withSummary](const std::vector<storage::MessageRow>& branch) {
            const qint64 last = lastOfOlderPart(branch);
            if (last == 0) {
                emit failed(tr("This chat is too short for that: it has one question."));
            } else if (withSummary) {
                askForSummary(chatId, last, branch);
            } else {
                m_chats.putSummary(last, {});
            }
        },
        [this](const Failure& failure) { emit failed(failure.sentence); });
}

void SideQuestions::askForSummary(qint64 chatId, qint64 lastOlder, const std::vector<storage::MessageRow>& branch) {
    std::vector<storage::MessageRow> older;
    for (const storage::MessageRow& row : branch) {
        older.push_back(row);
        if (row.id == lastOlder) break;
    }
    m_summarising = chatId;
    m_stopSummary = {};
    emit summarisingChanged(chatId, true);
    inference::GenerateRequest request;
    request.messages = conversation(older, {});
    request.messages.push_back({inference::Role::user,
                                "Summarise our conversation so far, in its own language, so that it can go on from the "
                                "summary alone. Keep every "
                                "fact, name, number and decision, and what is still open. Write the summary alone."});
    request.maxTokens = kSummaryTokens;
    m_inference.ask(
        this,
        [request, stop = m_stopSummary.get_token()](inference::Engine& engine) { return ask(engine, request, stop); },
        [this, lastOlder, stop = m_stopSummary.get_token()](const QString& summary) {
            endSummary();
            if (!summary.isEmpty()) {
                m_chats.putSummary(lastOlder, summary);
            } else if (!stop.stop_requested()) {
                emit failed(tr("No summary could be made: there is no model, or it said nothing. All is as it was."));
            }
        },
        [this](const Failure& failure) {
            endSummary();
            emit failed(failure.sentence);
        });
}

void SideQuestions::endSummary() {
    emit summarisingChanged(std::exchange(m_summarising, 0), false);
}

void SideQuestions::stopSummary() {
    m_stopSummary.request_stop();
}

void SideQuestions::requestStop() {
    m_closed = true;
    m_idleTimer.stop();
    m_stopTitle.request_stop();
    m_stopSummary.request_stop();
}

}  // namespace lares::app
