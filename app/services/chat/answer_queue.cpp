#include "app/services/chat/answer_queue.h"

#include "app/services/chat/chat_values.h"
#include "app/services/settings/settings_service.h"

#include <algorithm>
#include <QDateTime>

namespace lares::app {

namespace {

constexpr int kShowIntervalMs = 34;  // at most 30 updates a second
constexpr int kSaveIntervalMs = 1000;
constexpr int kRetryIntervalMs = 2000;  // while the disk is full

struct Outcome {
    bool cancelled = false;
    QJsonObject details;
};

}  // namespace

AnswerQueue::AnswerQueue(StoreThread& store, InferenceThread& inference, SettingsService& settings)
    : m_store(store), m_inference(inference), m_settings(settings) {
    m_showTimer.setSingleShot(true);
    m_showTimer.setTimerType(Qt::PreciseTimer);
    m_showTimer.setInterval(kShowIntervalMs);
    connect(&m_showTimer, &QTimer::timeout, this, [this] {
        if (m_unshown) show();
    });
    m_saveTimer.setSingleShot(true);
    m_saveTimer.setInterval(kSaveIntervalMs);
    connect(&m_saveTimer, &QTimer::timeout, this, &AnswerQueue::save);
    m_retryTimer.setSingleShot(true);
    m_retryTimer.setInterval(kRetryIntervalMs);
    connect(&m_retryTimer, &QTimer::timeout, this, &AnswerQueue::writeAgain);
}

void AnswerQueue::add(const ChatMessageItem& message, const std::optional<ChatOptions>& options) {
    const bool wasBusy = isBusy(message.chatId);
    Ask ask{message, options, message.text, message.text.isEmpty() ? QJsonObject() : message.details};
    ask.message.queued = m_running.has_value() || !m_waiting.empty();
    ask.message.state = MessageState::writing;
    m_waiting.push_back(std::move(ask));
    if (!wasBusy) emit busyChanged(message.chatId, true);
}

void AnswerQueue::proceed() {
    if (m_running || m_waiting.empty()) return;
    if (m_closed) return;
    m_running = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_stop = {};
    m_saveFailed = false;
    ChatMessageItem& message = m_running->message;
    if (std::exchange(message.queued, false)) emit messageChanged(message);
    // The branch is read now, not when it was asked for: the answer before this one may be part of it.
    const auto read = [parentId = message.parentId, chatId = message.chatId](storage::Stores& stores) -> Branch {
        storage::ChatStore& chats = stores.chatsOf(chatId);
        return {chats.pathTo(parentId), fromJson(chats.options(chatId))};
    };
    m_store.ask(
        this, read, [this](const Branch& branch) { generate(branch); },
        [this](const Failure& failure) { finish(MessageState::failed, {}, failure.sentence); });
}

void AnswerQueue::generate(const Branch& branch) {
    const ChatOptions options = m_running->options.value_or(branch.options);
    inference::GenerateRequest request = requestFrom(m_settings, options);
    const QString systemPrompt = systemPromptFrom(m_settings, options);
    request.messages = conversation(branch.rows, systemPrompt);
    request.answerSoFar = m_running->begin.toStdString();
    const QString wantedModel = options[u"model"].toString();
    if (!wantedModel.isEmpty()) emit modelWanted(wantedModel);
    const auto work = [this, request, systemPrompt, chatId = m_running->message.chatId, id = m_running->message.id,
                       stop = m_stop.get_token()](inference::Engine& engine) -> Outcome {
        if (stop.stop_requested()) return {.cancelled = true, .details = {}};
        const std::optional<inference::ModelInfo> model = engine.loaded();
        if (!model) {
            throw inference::Error(
                inference::ErrorKind::badRequest,
                "No model is loaded, so nothing could answer. Your message is kept: choose a model, then ask again.");
        }
        const inference::EventSink sink{
            .onPrompt =
                [this, chatId, id](const inference::PromptProgress& progress) {
                    QMetaObject::invokeMethod(
                        this,
                        [this, chatId, id, progress] {
                            emit promptProgress(chatId, id, int(progress.tokensDone), int(progress.tokensTotal));
                        },
                        Qt::QueuedConnection);
                },
            .onText =
                [this, id](const inference::TextPiece& piece) {
                    QMetaObject::invokeMethod(
                        this, [this, id, text = QString::fromStdString(piece.text)] { take(id, text); },
                        Qt::QueuedConnection);
                }};
        const inference::Finish finish = engine.generate(request, sink, stop);
        QJsonObject details = detailsOf(finish, *model, request);
        if (!systemPrompt.trimmed().isEmpty()) details.insert(QStringLiteral("systemPrompt"), systemPrompt);
        return {finish.reason == inference::FinishReason::cancelled, details};
    };
    m_inference.ask(
        this, work,
        [this](const Outcome& outcome) {
            finish(outcome.cancelled ? MessageState::stopped : MessageState::complete, outcome.details);
        },
        [this](const Failure& failure) { finish(MessageState::failed, {}, failure.sentence); });
}

void AnswerQueue::take(qint64 messageId, const QString& piece) {
    if (!m_running || m_running->message.id != messageId) return;
    m_running->message.text += piece;
    if (m_showTimer.isActive()) {
        m_unshown = true;
    } else {
        show();
    }
    if (!m_saveTimer.isActive()) m_saveTimer.start();
}

void AnswerQueue::show() {
    m_unshown = false;
    m_showTimer.start();
    emit messageChanged(m_running->message);
}

void AnswerQueue::save() {
    if (!m_running) return;
    const auto write = [id = m_running->message.id,
                        text = m_running->message.text.toStdString()](storage::Stores& stores) {
        stores.chatsOf(id).saveText(id, text, storage::MessageState::writing);
    };
    m_store.ask(
        this, write, [this] { setStoreFull(!m_unwritten.isEmpty()); },
        [this](const Failure& failure) {
            noteFailure(failure);
            if (!failure.diskFull && !std::exchange(m_saveFailed, true)) emit failed(failure.sentence);
        });
}

void AnswerQueue::finish(MessageState state, const QJsonObject& details, const QString& error) {
    if (!m_running) return;
    m_showTimer.stop();
    m_saveTimer.stop();
    m_unshown = false;
    Ask ask = std::move(*m_running);
    m_running.reset();
    ChatMessageItem& message = ask.message;
    message.state = state;
    message.details = details;
    message.error = error;
    if (!ask.begin.isEmpty()) {
        message.details.insert(QStringLiteral("continuedAt"), ask.begin.size());
        message.details.insert(QStringLiteral("before"), ask.before);
    }
    addModelHash(message);
    write(message);
    emit messageChanged(message);
    if (!isBusy(message.chatId)) emit busyChanged(message.chatId, false);
    proceed();
}

void AnswerQueue::addModelHash(ChatMessageItem& message) {
    const QString path = message.details[u"modelPath"].toString();
    if (path.isEmpty()) return;
    if (const QString known = m_modelHashes.value(path); !known.isEmpty()) {
        message.details.insert(QStringLiteral("modelHash"), known);
    } else {
        m_hashless += message;
    }
}

void AnswerQueue::setModelHash(const QString& path, const QString& sha256) {
    m_modelHashes.insert(path, sha256);
    QList<ChatMessageItem> still;
    for (ChatMessageItem& message : m_hashless) {
        if (message.details[u"modelPath"].toString() != path) {
            still += message;
            continue;
        }
        message.details.insert(QStringLiteral("modelHash"), sha256);
        write(message);
        emit messageChanged(message);
    }
    m_hashless = still;
}

void AnswerQueue::write(const ChatMessageItem& message) {
    const auto work = [message, atMs = QDateTime::currentMSecsSinceEpoch()](storage::Stores& stores) {
        QJsonObject details = message.details;
        if (!message.error.isEmpty()) details.insert(QStringLiteral("error"), message.error);
        storage::ChatStore& chats = stores.chatsOf(message.id);
        chats.inTransaction([&] {
            chats.finishMessage(message.id, message.text.toStdString(), toStored(message.state), toJson(details));
            chats.touchChat(message.chatId, atMs);
        });
        return toItems(stores.chats.listChats());
    };
    m_store.ask(
        this, work,
        [this, id = message.id](const QList<ChatListItem>& rows) {
            m_unwritten.remove(id);
            setStoreFull(!m_unwritten.isEmpty());
            emit chatsWritten(rows);
        },
        [this, message](const Failure& failure) {
            if (!failure.diskFull) {
                emit failed(failure.sentence);
                return;
            }
            m_unwritten.insert(message.id, message);
            setStoreFull(true);
        });
}

void AnswerQueue::writeAgain() {
    const QList<ChatMessageItem> messages = m_unwritten.values();
    for (const ChatMessageItem& message : messages) write(message);
    if (m_running) save();
    if (!messages.isEmpty() || m_running) return;
    m_store.ask(
        this, [](storage::Stores& stores) { stores.database.tryWriting(); }, [this] { setStoreFull(false); },
        [this](const Failure& failure) { noteFailure(failure); });
}

void AnswerQueue::noteFailure(const Failure& failure) {
    if (failure.diskFull) setStoreFull(true);
}

void AnswerQueue::setStoreFull(bool full) {
    if (full && !m_closed) m_retryTimer.start();
    if (std::exchange(m_storeFull, full) != full) emit storeFullChanged(full);
}

void AnswerQueue::stop(qint64 chatId) {
    if (m_running && m_running->message.chatId == chatId) m_stop.request_stop();
    std::vector<ChatMessageItem> stopped;
    for (const Ask& ask : m_waiting) {
        if (ask.message.chatId == chatId) stopped.push_back(ask.message);
    }
    if (stopped.empty()) return;
    std::erase_if(m_waiting, [chatId](const Ask& ask) { return ask.message.chatId == chatId; });
    for (ChatMessageItem& message : stopped) {
        message.state = MessageState::stopped;
        message.queued = false;
        write(message);
        emit messageChanged(message);
    }
    if (!isBusy(chatId)) emit busyChanged(chatId, false);
}

bool AnswerQueue::isBusy(qint64 chatId) const {
    const auto matches = [chatId](const Ask& ask) { return chatId == 0 || ask.message.chatId == chatId; };
    return (m_running && matches(*m_running)) || std::any_of(m_waiting.begin(), m_waiting.end(), matches);
}

void AnswerQueue::bringUpToDate(ChatMessageItem& message) const {
    const auto take = [&message](const ChatMessageItem& here) {
        message.text = here.text;
        message.queued = here.queued;
        message.state = here.state;
        message.error = here.error;
    };
    if (m_running && m_running->message.id == message.id) take(m_running->message);
    for (const Ask& waiting : m_waiting) {
        if (waiting.message.id == message.id) take(waiting.message);
    }
    const auto unwritten = m_unwritten.constFind(message.id);
    if (unwritten != m_unwritten.cend()) take(*unwritten);
}

void AnswerQueue::close() {
    m_closed = true;
    m_stop.request_stop();
    while (!m_waiting.empty()) stop(m_waiting.front().message.chatId);
}

void AnswerQueue::settle() {
    finish(MessageState::stopped, {});
    writeAgain();
}

}  // namespace lares::app
