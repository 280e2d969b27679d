#include "ui/chat/chat_view_model.h"

#include "app/services/chat/chat_service.h"
#include "app/services/models/model_service.h"
#include "ui/chat/message_facts.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHash>

#include <algorithm>

namespace lares::ui {

struct ChatViewModel::Private {
    Private(ChatViewModel& model, app::ChatService& chatService, app::ModelService& modelService)
        : self(model), chats(chatService), models(modelService) {}

    ChatViewModel& self;
    app::ChatService& chats;
    app::ModelService& models;
    MessageBlocksModel blocks;
    qint64 chatId = 0;
    bool opening = false;  ///< asked for; the rows are still those of the chat before
    QString title;
    QHash<qint64, QString> drafts;  ///< of the chats that are not open
    QString draft;
    qint64 editingId = 0;
    QString draftBeforeEdit;
    quint64 ticket = 0;     ///< a message is on its way to the store
    qint64 ticketChat = 0;  ///< from this chat
    bool queued = false;    ///< the answer waits for another one
    int promptDone = 0, promptTotal = 0;
    double speed = 0;
    int contextUsed = 0;
    QString error;
    Activity activity = Idle;

    // --- which chat -------------------------------------------------------------------------------------------------
    void leaveFor(qint64 next) {
        self.cancelEdit();
        if (draft.isEmpty()) {
            drafts.remove(chatId);
        } else {
            drafts[chatId] = draft;
        }
        chatId = next;
        opening = next != 0;
        promptDone = promptTotal = 0;
        queued = false;
        setDraft(drafts.take(next));
        setTitle(storedTitle());
        emit self.chatIdChanged();
    }

    QString storedTitle() const {
        const QList<app::ChatListItem>& all = chats.chats();
        const auto found =
            std::find_if(all.cbegin(), all.cend(), [this](const app::ChatListItem& item) { return item.id == chatId; });
        return found == all.cend() ? QString() : found->title;
    }

    void setTitle(const QString& text) {
        if (text == title) return;
        title = text;
        emit self.titleChanged();
    }

    void setDraft(const QString& text) {
        if (text == draft) return;
        draft = text;
        emit self.draftChanged();
        emit self.canSendChanged();
    }

    void setError(const QString& sentence) {
        if (sentence == error) return;
        error = sentence;
        emit self.errorTextChanged();
    }

    // --- what the service tells --------------------------------------------------------------------------------------
    void showMessages(const QList<app::ChatMessageItem>& messages) {
        QVector<MessageEntry> entries;
        for (const app::ChatMessageItem& message : messages) entries += toEntry(message);
        const bool wasEmpty = self.empty();
        opening = false;
        blocks.setMessages(entries);
        if (self.empty() != wasEmpty) emit self.emptyChanged();
        speed = 0;
        contextUsed = 0;
        queued = !messages.isEmpty() && messages.last().queued;
        for (const app::ChatMessageItem& message : messages) readFigures(message);
        emit self.speedChanged();
        emit self.contextChanged();
        workOutActivity();
    }

    void readFigures(const app::ChatMessageItem& message) {
        const double tokensPerSecond = message.details[u"tokensPerSecond"].toDouble();
        const int used = message.details[u"promptTokens"].toInt() + message.details[u"generatedTokens"].toInt();
        if (tokensPerSecond > 0) speed = tokensPerSecond;
        if (used > 0) contextUsed = used;
    }

    void addMessage(const app::ChatMessageItem& message) {
        if (message.chatId != chatId || opening) return;
        const bool wasEmpty = self.empty();
        blocks.append(toEntry(message));
        queued = message.queued;
        promptDone = promptTotal = 0;
        if (wasEmpty) emit self.emptyChanged();
        workOutActivity();
    }

    void changeMessage(const app::ChatMessageItem& message) {
        if (message.chatId != chatId) return;
        const MessageEntry entry = toEntry(message);
        const MessageEntry* shown = blocks.message(entry.id);
        if (shown == nullptr) return;
        const bool over = shown->state == MessageEntry::State::writing && entry.state != MessageEntry::State::writing;
        blocks.update(entry.id, entry.text, entry.state);
        blocks.setFacts(entry);
        queued = message.queued;
        if (over) {
            readFigures(message);
            emit self.speedChanged();
            emit self.contextChanged();
        }
        workOutActivity();
        if (over) emit self.answered();
    }

    void workOutActivity() {
        Activity now = Idle;
        if (chats.isBusy(chatId) && chatId != 0) {
            const QVector<MessageEntry>& all = blocks.messages();
            const bool writes = !all.isEmpty() && all.last().state == MessageEntry::State::writing;
            now = writes && !all.last().text.isEmpty() ? Answering : promptTotal > 0 ? ReadingPrompt : Waiting;
        } else if (ticket != 0 && ticketChat == chatId) {
            now = Waiting;
        }
        activity = now;
        emit self.activityChanged();
        emit self.canSendChanged();
    }

    // --- answers to submit()
    // ------------------------------------------------------------------------------------------
    void takeSubmitted(quint64 which, qint64 newChatId) {
        if (which != ticket) return;
        ticket = 0;
        const bool stillThere = chatId == ticketChat;
        if (stillThere && chatId == 0) {
            chatId = newChatId;
            setTitle(storedTitle());
            emit self.chatIdChanged();
        }
        workOutActivity();
    }

    void takeSubmitFailed(quint64 which, const QString& text, const QString& sentence) {
        if (which != ticket) return;
        ticket = 0;
        // What was typed goes back to where it was typed, before anything typed since.
        const auto together = [&](const QString& since) { return since.isEmpty() ? text : text + u'\n' + since; };
        if (chatId == ticketChat) {
            setDraft(together(draft));
        } else {
            drafts[ticketChat] = together(drafts.value(ticketChat));
        }
        setError(sentence);
        workOutActivity();
    }

    void copy(const QString& text) {
        if (text.isEmpty()) return;
        QGuiApplication::clipboard()->setText(text);
        emit self.copied();
    }
};

ChatViewModel::ChatViewModel(app::ChatService& chats, app::ModelService& models, QObject* parent)
    : QObject(parent), d(new Private(*this, chats, models)) {
    using app::ChatService;
    connect(&chats, &ChatService::chatOpened, this,
            [this](qint64 chatId, const QString& title, const QList<app::ChatMessageItem>& messages) {
                if (chatId != d->chatId) return;  // another one was asked for meanwhile
                d->setTitle(title);
                d->showMessages(messages);
            });
    connect(&chats, &ChatService::submitted, this,
            [this](quint64 ticket, qint64 chatId) { d->takeSubmitted(ticket, chatId); });
    connect(&chats, &ChatService::submitFailed, this,
            [this](quint64 ticket, const QString& text, const QString& sentence) {
                d->takeSubmitFailed(ticket, text, sentence);
            });
    connect(&chats, &ChatService::messageAdded, this,
            [this](const app::ChatMessageItem& item) { d->addMessage(item); });
    connect(&chats, &ChatService::messageChanged, this,
            [this](const app::ChatMessageItem& item) { d->changeMessage(item); });
    connect(&chats, &ChatService::promptProgress, this, [this](qint64 chatId, qint64, int done, int total) {
        if (chatId != d->chatId) return;
        d->queued = false;
        d->promptDone = done;
        d->promptTotal = total;
        d->workOutActivity();
    });
    connect(&chats, &ChatService::busyChanged, this, [this](qint64 chatId) {
        if (chatId == d->chatId) d->workOutActivity();
    });
    connect(&chats, &ChatService::chatRenamed, this, [this](qint64 chatId, const QString& title) {
        if (chatId == d->chatId) d->setTitle(title);
    });
    connect(&chats, &ChatService::chatsChanged, this, [this] {
        const QString title = d->storedTitle();
        if (d->chatId != 0 && !title.isEmpty()) d->setTitle(title);
    });
    connect(&chats, &ChatService::chatDeleted, this, [this](qint64 chatId) {
        if (chatId == d->chatId) openNewChat();
    });
    connect(&chats, &ChatService::failed, this, [this](const QString& sentence) {
        if (d->opening) openNewChat();
        d->setError(sentence);
    });
    connect(&models, &app::ModelService::stateChanged, this, [this] {
        emit canSendChanged();
        emit contextChanged();
    });
}

ChatViewModel::~ChatViewModel() = default;

MessageBlocksModel* ChatViewModel::blocks() {
    return &d->blocks;
}

double ChatViewModel::chatId() const {
    return double(d->chatId);
}

QString ChatViewModel::title() const {
    return d->title.isEmpty() ? tr("New chat") : d->title;
}

bool ChatViewModel::empty() const {
    return d->blocks.messages().isEmpty();
}

ChatViewModel::Activity ChatViewModel::activity() const {
    return d->activity;
}

QString ChatViewModel::activityText() const {
    switch (d->activity) {
        case Idle:
            return {};
        case Waiting:
            return d->queued ? tr("Waiting for the answer before this one") : tr("Starting");
        case ReadingPrompt:
            return tr("Reading, %1 %").arg(100 * qint64(d->promptDone) / d->promptTotal);
        case Answering:
            return tr("Answering");
    }
    Q_UNREACHABLE();
}

bool ChatViewModel::canSend() const {
    return cannotSendReason().isEmpty();
}

QString ChatViewModel::cannotSendReason() const {
    switch (d->models.state()) {
        case app::ModelState::none:
            return tr("Choose a model first.");
        case app::ModelState::loading:
            return tr("The model is still loading.");
        case app::ModelState::failed:
            return tr("The model could not be loaded. Choose another one.");
        case app::ModelState::ready:
            break;
    }
    if (busy()) return tr("The answer before is still being written.");
    if (d->draft.trimmed().isEmpty()) return tr("Write a message first.");
    return {};
}

QString ChatViewModel::draft() const {
    return d->draft;
}

void ChatViewModel::setDraft(const QString& text) {
    d->setDraft(text);
}

bool ChatViewModel::editing() const {
    return d->editingId != 0;
}

QString ChatViewModel::speedText() const {
    return ui::speedText(d->speed);
}

int ChatViewModel::contextUsed() const {
    return d->contextUsed;
}

int ChatViewModel::contextTotal() const {
    return int(d->models.contextLength());
}

QString ChatViewModel::contextText() const {
    if (contextTotal() == 0) return {};
    return tr("%1 of %2", "tokens").arg(contextCount(contextUsed()), contextCount(contextTotal()));
}

QString ChatViewModel::contextShortText() const {
    return contextTotal() == 0 ? QString() : contextCount(contextUsed());
}

QString ChatViewModel::errorText() const {
    return d->error;
}

void ChatViewModel::open(double chatId) {
    const auto id = qint64(chatId);
    if (id == d->chatId) return;
    if (id == 0) {
        openNewChat();
        return;
    }
    d->leaveFor(id);
    d->chats.openChat(id);  // the rows of the chat before stay until these come
}

void ChatViewModel::openNewChat() {
    if (d->chatId == 0) return;
    d->leaveFor(0);
    d->showMessages({});
}

void ChatViewModel::send() {
    if (!canSend()) return;
    const QString text = d->draft;
    if (d->editingId != 0) {
        const qint64 messageId = std::exchange(d->editingId, 0);
        d->setDraft(std::exchange(d->draftBeforeEdit, {}));
        emit editingChanged();
        d->chats.edit(messageId, text);
        return;
    }
    const quint64 ticket = d->chats.submit(d->chatId, text);
    if (ticket == 0) return;
    d->ticket = ticket;
    d->ticketChat = d->chatId;
    d->setDraft({});
    d->setError({});
    d->workOutActivity();
}

void ChatViewModel::stop() {
    if (d->chatId != 0) d->chats.stop(d->chatId);
}

void ChatViewModel::regenerate(double messageId) {
    if (!busy()) d->chats.regenerate(qint64(messageId));
}

void ChatViewModel::showBranch(double messageId, int branch) {
    const MessageEntry* message = d->blocks.message(qint64(messageId));
    if (message == nullptr || branch < 1 || branch > message->branchCount || branch == message->branch) return;
    d->chats.showSibling(message->id, branch > message->branch ? 1 : -1);
}

void ChatViewModel::editLast() {
    if (busy() || editing()) return;
    const QVector<MessageEntry>& all = d->blocks.messages();
    const auto last = std::find_if(all.crbegin(), all.crend(), [](const MessageEntry& message) {
        return message.author == MessageEntry::Author::user;
    });
    if (last == all.crend()) return;
    d->editingId = last->id;
    d->draftBeforeEdit = d->draft;
    d->setDraft(last->text);
    emit editingChanged();
}

void ChatViewModel::cancelEdit() {
    if (d->editingId == 0) return;
    d->editingId = 0;
    d->setDraft(std::exchange(d->draftBeforeEdit, {}));
    emit editingChanged();
}

void ChatViewModel::rename(const QString& title) {
    if (d->chatId != 0) d->chats.renameChat(d->chatId, title);
}

void ChatViewModel::copy(double messageId) {
    const MessageEntry* message = d->blocks.message(qint64(messageId));
    if (message == nullptr) return;
    d->copy(message->author == MessageEntry::Author::user ? message->text : withoutThinking(message->text));
}

void ChatViewModel::copyBlock(int row) {
    d->copy(d->blocks.index(row).data(MessageBlocksModel::PlainRole).toString());
}

void ChatViewModel::copyLastAnswer() {
    const QVector<MessageEntry>& all = d->blocks.messages();
    const auto last = std::find_if(all.crbegin(), all.crend(), [](const MessageEntry& message) {
        return message.author == MessageEntry::Author::assistant && !message.text.isEmpty();
    });
    if (last != all.crend()) d->copy(withoutThinking(last->text));
}

void ChatViewModel::dismissError() {
    d->setError({});
}

}  // namespace lares::ui
