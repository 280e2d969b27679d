#include "ui/chat/chat_view_model.h"

#include "app/services/chat/chat_service.h"
#include "app/services/chat/side_questions.h"
#include "app/services/library/library_service.h"
#include "app/services/models/model_service.h"
#include "ui/chat/message_facts.h"
#include "ui/chat/text_file.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

#include <algorithm>

namespace lares::ui {
namespace {

constexpr double kNearlyFull = 0.9;

}  // namespace

struct ChatViewModel::Private {
    Private(ChatViewModel& model, app::ChatService& chatService, app::ModelService& modelService,
            app::LibraryService& libraryService, app::SideQuestions& questions)
        : self(model), chats(chatService), models(modelService), library(libraryService), sideQuestions(questions) {}

    ChatViewModel& self;
    app::ChatService& chats;
    app::ModelService& models;
    app::LibraryService& library;
    app::SideQuestions& sideQuestions;
    MessageBlocksModel blocks;
    qint64 chatId = 0;
    bool opening = false;  ///< asked for; the rows are still those of the chat before
    QString title;
    QString draft;
    QList<app::ChatAttachment> attachments;
    qint64 wantedMessage = 0;  ///< to be shown when the chat is there
    qint64 editingId = 0;
    bool editingAnswer = false;
    QString draftBeforeEdit;
    quint64 ticket = 0;     ///< a message is on its way to the store
    qint64 ticketChat = 0;  ///< from this chat
    QList<app::ChatAttachment> ticketFiles;
    bool queued = false;  ///< the answer waits for another one
    int promptDone = 0, promptTotal = 0;
    double speed = 0;
    int contextUsed = 0;
    QString error;
    Activity activity = Idle;

    // --- which chat -------------------------------------------------------------------------------------------------
    void leaveFor(qint64 next) {
        self.cancelEdit();
        if (app::ChatService::isTemporary(chatId)) chats.forgetTemporary(chatId);
        chatId = next;
        opening = next > 0;
        setAttachments({});
        setError({});
        promptDone = promptTotal = 0;
        queued = false;
        showDraft(library.draft(next));
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

    static bool isWritten(qint64 id) { return !app::ChatService::isTemporary(id); }

    void showDraft(const QString& text) {
        if (text == draft) return;
        draft = text;
        emit self.draftChanged();
        emit self.canSendChanged();
    }

    /// What is typed while a message is edited is no draft of the chat.
    void setDraft(const QString& text) {
        if (editingId == 0) library.setDraft(chatId, text);
        showDraft(text);
    }

    void setAttachments(const QList<app::ChatAttachment>& files) {
        if (files == attachments) return;
        attachments = files;
        emit self.attachmentsChanged();
        emit self.canSendChanged();
    }

    void beginEdit(const MessageEntry& message) {
        editingId = message.id;
        editingAnswer = message.author == MessageEntry::Author::assistant;
        draftBeforeEdit = draft;
        showDraft(message.text);
        emit self.editingChanged();
        emit self.canSendChanged();
    }

    void endEdit() {
        editingId = 0;
        setDraft(std::exchange(draftBeforeEdit, {}));
        emit self.editingChanged();
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
        if (const qint64 wanted = std::exchange(wantedMessage, 0); wanted != 0) emit self.messageWanted(double(wanted));
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
        if (chatId > 0 && chats.isBusy(chatId)) {
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
        if (stillThere && chatId <= 0) {
            library.setDraft(newChatId, draft);  // typed on meanwhile
            library.setDraft(chatId, {});
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
            setAttachments(ticketFiles);
        } else {
            library.setDraft(ticketChat, together(library.draft(ticketChat)));
        }
        if (!chats.isStoreFull()) setError(sentence);  // a full disk has a banner of its own
        workOutActivity();
    }

    void copy(const QString& text) {
        if (text.isEmpty()) return;
        QGuiApplication::clipboard()->setText(text);
        emit self.copied();
    }
};

ChatViewModel::ChatViewModel(app::ChatService& chats, app::ModelService& models, app::LibraryService& library,
                             app::SideQuestions& sideQuestions, QObject* parent)
    : QObject(parent), d(new Private(*this, chats, models, library, sideQuestions)) {
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
    connect(&chats, &ChatService::storeFullChanged, this, [this] {
        emit storeFullChanged();
        emit canSendChanged();
    });
    connect(&sideQuestions, &app::SideQuestions::summarisingChanged, this, &ChatViewModel::summarisingChanged);
    connect(&sideQuestions, &app::SideQuestions::failed, this,
            [this](const QString& sentence) { d->setError(sentence); });
    connect(&library, &app::LibraryService::changed, this, [this] {
        // Drafts of the program's last run come a moment after its start.
        if (d->draft.isEmpty() && d->editingId == 0 && d->ticket == 0) d->showDraft(d->library.draft(d->chatId));
    });
    library.load();
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
    if (!d->title.isEmpty()) return d->title;
    return temporary() ? tr("Temporary chat") : tr("New chat");
}

bool ChatViewModel::temporary() const {
    return app::ChatService::isTemporary(d->chatId);
}

bool ChatViewModel::storeFull() const {
    return d->chats.isStoreFull();
}

bool ChatViewModel::nearlyFull() const {
    return contextTotal() > 0 && double(d->contextUsed) >= kNearlyFull * contextTotal();
}

bool ChatViewModel::summarising() const {
    return d->sideQuestions.isSummarising();
}

QStringList ChatViewModel::attachments() const {
    QStringList names;
    for (const app::ChatAttachment& file : d->attachments) names += file.name;
    return names;
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
    if (storeFull()) return tr("The disk is full.");
    if (editingAnswer() && !d->draft.trimmed().isEmpty() && !busy()) return {};  // no model is asked
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
    if (d->draft.trimmed().isEmpty() && d->attachments.isEmpty()) return tr("Write a message first.");
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

bool ChatViewModel::editingAnswer() const {
    return editing() && d->editingAnswer;
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

void ChatViewModel::openTemporaryChat() {
    if (d->chatId == app::ChatService::kNewTemporaryChat) return;
    d->leaveFor(app::ChatService::kNewTemporaryChat);
    d->showMessages({});
}

void ChatViewModel::openAt(double chatId, double messageId) {
    const auto id = qint64(chatId);
    if (messageId == 0 || id == 0) return open(chatId);
    if (id != d->chatId) d->leaveFor(id);
    d->wantedMessage = qint64(messageId);
    d->chats.openChat(id, qint64(messageId));
}

void ChatViewModel::send() {
    if (!canSend()) return;
    const QString text = d->draft;
    if (d->editingId != 0) {
        const qint64 messageId = d->editingId;
        d->endEdit();
        d->chats.edit(messageId, text);
        return;
    }
    const quint64 ticket = d->chats.submit(d->chatId, text, d->attachments);
    if (ticket == 0) return;
    d->ticket = ticket;
    d->ticketChat = d->chatId;
    d->ticketFiles = d->attachments;
    d->setDraft({});
    d->setAttachments({});
    d->setError({});
    d->workOutActivity();
}

void ChatViewModel::stop() {
    if (d->chatId > 0) d->chats.stop(d->chatId);
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
    if (last != all.crend()) d->beginEdit(*last);
}

void ChatViewModel::edit(double messageId) {
    const MessageEntry* message = d->blocks.message(qint64(messageId));
    if (message == nullptr || busy()) return;
    cancelEdit();
    d->beginEdit(*message);
}

void ChatViewModel::cancelEdit() {
    if (d->editingId != 0) d->endEdit();
}

void ChatViewModel::reproduce(double messageId) {
    if (!busy()) d->chats.reproduce(qint64(messageId));
}

void ChatViewModel::continueAnswer(double messageId) {
    if (!busy()) d->chats.continueAnswer(qint64(messageId));
}

void ChatViewModel::summariseOlder() {
    if (d->chatId > 0 && !busy()) d->sideQuestions.summarise(d->chatId);
}

void ChatViewModel::dropOlder() {
    if (d->chatId > 0 && !busy()) d->sideQuestions.dropOlder(d->chatId);
}

void ChatViewModel::stopSummarising() {
    d->sideQuestions.stopSummary();
}

void ChatViewModel::undoSummary(double messageId) {
    d->chats.removeSummary(qint64(messageId));
}

void ChatViewModel::attach(const QList<QUrl>& files) {
    QList<app::ChatAttachment> all = d->attachments;
    for (const QUrl& url : files) {
        const TextFile file = readTextFile(url);
        if (file.problem.isEmpty()) {
            all += {file.name, file.text};
        } else {
            d->setError(file.problem);
        }
    }
    d->setAttachments(all);
}

bool ChatViewModel::attachPasted() {
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    QList<QUrl> files = data != nullptr ? data->urls() : QList<QUrl>();
    files.removeIf([](const QUrl& url) { return !url.isLocalFile(); });
    if (!files.isEmpty()) attach(files);
    return !files.isEmpty();
}

void ChatViewModel::removeAttachment(int index) {
    if (index < 0 || index >= d->attachments.size()) return;
    QList<app::ChatAttachment> rest = d->attachments;
    rest.removeAt(index);
    d->setAttachments(rest);
}

void ChatViewModel::rename(const QString& title) {
    if (d->chatId > 0) d->chats.renameChat(d->chatId, title);
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

void ChatViewModel::tell(const QString& sentence) {
    d->setError(sentence);
}

void ChatViewModel::dismissError() {
    d->setError({});
}

}  // namespace lares::ui
