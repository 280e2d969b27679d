#include "app/services/chat/answer_queue.h"

#include "app/services/chat/chat_values.h"
#include "app/services/settings/settings_service.h"

#include <algorithm>
#include <QDateTime>

namespace lares::app {

namespace {

constexpr int kShowIntervalMs = 34;  // at most 30 updates a second
constexpr int kSaveIntervalMs = 1000;

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
}

void AnswerQueue::add(const ChatMessageItem& message) {
    const bool wasBusy = isBusy(message.chatId);
    m_waiting.push_back(message);
    m_waiting.back().queued = m_running.has_value() || m_waiting.size() > 1;
    if (!wasBusy) emit busyChanged(message.chatId, true);
}

void AnswerQueue::proceed() {
    if (m_running || m_waiting.empty()) return;
    if (m_closed) return;
    m_running = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_stop = {};
    m_saveFailed = false;
    if (std::exchange(m_running->queued, false)) emit messageChanged(*m_running);
    // The branch is read now, not when it was asked for: the answer before this one may be part of it.
    const auto read = [parentId = m_running->parentId](storage::Stores& stores) {
        return stores.chats.pathTo(parentId);
    };
    m_store.ask(
        this, read, [this](const std::vector<storage::MessageRow>& branch) { generate(branch); },
        [this](const Failure& failure) { finish(MessageState::failed, {}, failure.sentence); });
}

void AnswerQueue::generate(const std::vector<storage::MessageRow>& branch) {
    inference::GenerateRequest request = requestFrom(m_settings);
    request.messages = conversation(branch, m_settings.value(setting::kSystemPrompt).toString());
    const auto work = [this, request, chatId = m_running->chatId, id = m_running->id,
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
        return {finish.reason == inference::FinishReason::cancelled, detailsOf(finish, *model, request)};
    };
    m_inference.ask(
        this, work,
        [this](const Outcome& outcome) {
            finish(outcome.cancelled ? MessageState::stopped : MessageState::complete, outcome.details);
        },
        [this](const Failure& failure) { finish(MessageState::failed, {}, failure.sentence); });
}

void AnswerQueue::take(qint64 messageId, const QString& piece) {
    if (!m_running || m_running->id != messageId) return;
    m_running->text += piece;
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
    emit messageChanged(*m_running);
}

void AnswerQueue::save() {
    if (!m_running) return;
    const auto write = [id = m_running->id, text = m_running->text.toStdString()](storage::Stores& stores) {
        stores.chats.saveText(id, text, storage::MessageState::writing);
    };
    m_store.ask(
        this, write, [] {},
        [this](const Failure& failure) {
            if (!std::exchange(m_saveFailed, true)) emit failed(failure.sentence);
        });
}

void AnswerQueue::finish(MessageState state, const QJsonObject& details, const QString& error) {
    if (!m_running) return;
    m_showTimer.stop();
    m_saveTimer.stop();
    m_unshown = false;
    ChatMessageItem message = std::move(*m_running);
    m_running.reset();
    message.state = state;
    message.details = details;
    message.error = error;
    write(message);
    emit messageChanged(message);
    if (!isBusy(message.chatId)) emit busyChanged(message.chatId, false);
    proceed();
}

void AnswerQueue::write(ChatMessageItem message) {
    if (!message.error.isEmpty()) message.details[QStringLiteral("error")] = message.error;
    const auto work = [message, atMs = QDateTime::currentMSecsSinceEpoch()](storage::Stores& stores) {
        stores.database.inTransaction([&] {
            stores.chats.finishMessage(message.id, message.text.toStdString(), toStored(message.state),
                                       toJson(message.details));
            stores.chats.touchChat(message.chatId, atMs);
        });
        return toItems(stores.chats.listChats());
    };
    m_store.ask(
        this, work, [this](const QList<ChatListItem>& rows) { emit chatsWritten(rows); },
        [this](const Failure& failure) { emit failed(failure.sentence); });
}

void AnswerQueue::stop(qint64 chatId) {
    const auto isOfChat = [chatId](const ChatMessageItem& message) { return message.chatId == chatId; };
    if (m_running && isOfChat(*m_running)) m_stop.request_stop();
    std::vector<ChatMessageItem> stopped;
    std::copy_if(m_waiting.begin(), m_waiting.end(), std::back_inserter(stopped), isOfChat);
    if (stopped.empty()) return;
    std::erase_if(m_waiting, isOfChat);
    for (ChatMessageItem& message : stopped) {
        message.state = MessageState::stopped;
        message.queued = false;
        write(message);
        emit messageChanged(message);
    }
    if (!isBusy(chatId)) emit busyChanged(chatId, false);
}

bool AnswerQueue::isBusy(qint64 chatId) const {
    const auto matches = [chatId](const ChatMessageItem& message) { return chatId == 0 || message.chatId == chatId; };
    return (m_running && matches(*m_running)) || std::any_of(m_waiting.begin(), m_waiting.end(), matches);
}

void AnswerQueue::bringUpToDate(ChatMessageItem& message) const {
    const auto take = [&message](const ChatMessageItem& here) {
        message.text = here.text;
        message.queued = here.queued;
    };
    if (m_running && m_running->id == message.id) take(*m_running);
    for (const ChatMessageItem& waiting : m_waiting) {
        if (waiting.id == message.id) take(waiting);
    }
}

void AnswerQueue::close() {
    m_closed = true;
    m_stop.request_stop();
    while (!m_waiting.empty()) stop(m_waiting.front().chatId);
}

void AnswerQueue::settle() {
    finish(MessageState::stopped, {});
}

}  // namespace lares::app
