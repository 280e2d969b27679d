// The verbs of ChatService: each is one piece of work for the storage thread and what follows from its result. How an
// answer is generated is in answer_queue.cpp.
#include "app/services/chat/chat_service.h"

#include "app/services/chat/answer_queue.h"
#include "app/services/chat/chat_values.h"
#include "app/services/settings/settings_service.h"

#include <algorithm>
#include <QCoreApplication>
#include <QDateTime>

namespace lares::app {

namespace {

constexpr int kSearchHits = 200;

qint64 nowMs() {
    return QDateTime::currentMSecsSinceEpoch();
}

/// What the storage thread found out about a chat that is about to be shown or answered in.
struct Branch {
    ChatListItem chat;
    QList<ChatMessageItem> messages;
};

struct Begun {
    QList<ChatListItem> chats;
    Branch branch;  ///< ends with the new, empty answer
};

Branch shownBranch(storage::Stores& stores, qint64 chatId) {
    storage::ChatStore& chats = stores.chatsOf(chatId);
    return {toItem(chats.chat(chatId)), toItems(chats.shownMessages(chatId))};
}

Begun begun(storage::Stores& stores, qint64 chatId) {
    return {toItems(stores.chats.listChats()), shownBranch(stores, chatId)};
}

qint64 addAnswer(storage::ChatStore& chats, qint64 chatId, qint64 parentId, qint64 atMs) {
    return chats.addMessage(chatId, parentId, storage::Role::assistant, {}, storage::MessageState::writing, atMs);
}

qint64 addQuestion(storage::ChatStore& chats, qint64 chatId, qint64 parentId, const QString& text, qint64 atMs,
                   const std::vector<storage::Attachment>& attachments) {
    return chats.addMessage(chatId, parentId, storage::Role::user, text.toStdString(), storage::MessageState::complete,
                            atMs, attachments);
}

/// What a person said first, or the name of what came with it.
QString firstTitle(const QString& text, const QList<ChatAttachment>& attachments) {
    return titleFrom(text.trimmed().isEmpty() && !attachments.isEmpty() ? attachments.first().name : text);
}

}  // namespace

struct ChatService::Private {
    Private(ChatService& service, StoreThread& storeThread, InferenceThread& inference, SettingsService& settings)
        : q(service), store(storeThread), answers(storeThread, inference, settings) {}

    FailureHandler tellFailure() {
        return [this](const Failure& failure) {
            answers.noteFailure(failure);
            emit q.failed(failure.sentence);
        };
    }

    void setChats(const QList<ChatListItem>& rows) {
        if (rows == chats && listed) return;
        chats = rows;
        listed = true;
        emit q.chatsChanged(chats);
    }

    void show(Branch branch) {
        for (ChatMessageItem& message : branch.messages) answers.bringUpToDate(message);
        emit q.chatOpened(branch.chat.id, branch.chat.title, branch.messages);
    }

    /// Changes something about chats and tells the list as it is then.
    template <typename Change, typename Then>
    void change(Change work, Then then) {
        const auto whole = [work](storage::Stores& stores) {
            work(stores);
            return toItems(stores.chats.listChats());
        };
        store.ask(
            &q, whole,
            [this, then](const QList<ChatListItem>& rows) {
                setChats(rows);
                then();
            },
            tellFailure());
    }

    template <typename Work>
    static auto inChat(qint64 id, Work work) {
        return [id, work](storage::Stores& stores) {
            storage::ChatStore& own = stores.chatsOf(id);
            const qint64 chatId = own.inTransaction([&] { return work(own); });
            return begun(stores, chatId);
        };
    }

    /// A branch that `work` (which is given the chat's store and returns the chat's id) makes in one transaction:
    /// shown.
    template <typename Work>
    void changeBranch(qint64 id, Work work) {
        store.ask(
            &q, inChat(id, work),
            [this](const Begun& result) {
                setChats(result.chats);
                show(result.branch);
            },
            tellFailure());
    }

    /// The same for a branch that ends with an answer to be generated: shown, then answered.
    template <typename Work>
    void branchOff(qint64 id, Work work, const std::optional<ChatOptions>& options = {}) {
        store.ask(
            &q, inChat(id, work),
            [this, options](const Begun& result) {
                setChats(result.chats);
                answers.add(result.branch.messages.last(), options);
                show(result.branch);
                answers.proceed();
            },
            tellFailure());
    }

    ChatService& q;
    StoreThread& store;
    AnswerQueue answers;
    QList<ChatListItem> chats;
    bool listed = false;
    quint64 lastTicket = 0;
};

ChatService::ChatService(StoreThread& store, InferenceThread& inference, SettingsService& settings, QObject* parent)
    : QObject(parent), d(std::make_unique<Private>(*this, store, inference, settings)) {
    connect(&d->answers, &AnswerQueue::messageChanged, this, &ChatService::messageChanged);
    connect(&d->answers, &AnswerQueue::promptProgress, this, &ChatService::promptProgress);
    connect(&d->answers, &AnswerQueue::busyChanged, this, &ChatService::busyChanged);
    connect(&d->answers, &AnswerQueue::failed, this, &ChatService::failed);
    connect(&d->answers, &AnswerQueue::modelWanted, this, &ChatService::modelWanted);
    connect(&d->answers, &AnswerQueue::storeFullChanged, this, &ChatService::storeFullChanged);
    connect(&d->answers, &AnswerQueue::chatsWritten, this,
            [this](const QList<ChatListItem>& rows) { d->setChats(rows); });
}

ChatService::~ChatService() = default;

const QList<ChatListItem>& ChatService::chats() const {
    return d->chats;
}

void ChatService::listChats() {
    d->listed = false;  // whoever asks is answered, even when nothing changed
    refreshChats();
}

void ChatService::refreshChats() {
    d->store.ask(
        this, [](storage::Stores& stores) { return toItems(stores.chats.listChats()); },
        [this](const QList<ChatListItem>& rows) { d->setChats(rows); }, d->tellFailure());
}

void ChatService::searchChats(const ChatSearch& search) {
    const auto find = [search](storage::Stores& stores) {
        QList<ChatSearchHit> hits;
        for (const storage::SearchHit& hit : stores.chats.search(toStored(search, kSearchHits))) hits += toHit(hit);
        return hits;
    };
    d->store.ask(
        this, find, [this, search](const QList<ChatSearchHit>& hits) { emit searchFinished(search, hits); },
        d->tellFailure());
}

void ChatService::openChat(qint64 chatId, qint64 messageId) {
    const auto open = [chatId, messageId](storage::Stores& stores) {
        Branch branch = shownBranch(stores, chatId);
        const auto isIt = [messageId](const ChatMessageItem& message) { return message.id == messageId; };
        if (messageId == 0 || std::any_of(branch.messages.cbegin(), branch.messages.cend(), isIt)) return branch;
        stores.chatsOf(chatId).showBranch(messageId);
        return shownBranch(stores, chatId);
    };
    d->store.ask(
        this, open, [this](const Branch& branch) { d->show(branch); }, d->tellFailure());
}

quint64 ChatService::submit(qint64 chatId, const QString& text, const QList<ChatAttachment>& attachments,
                            const ChatOptions& options) {
    if (text.trimmed().isEmpty() && attachments.isEmpty()) return 0;
    const quint64 ticket = ++d->lastTicket;
    const auto commit = [chatId, text, attachments, options, atMs = nowMs()](storage::Stores& stores) {
        storage::ChatStore& chats = chatId == kNewTemporaryChat ? stores.temporaryChats() : stores.chatsOf(chatId);
        const qint64 id = chats.inTransaction([&] {
            qint64 where = chatId;
            if (chatId <= 0) {
                where = chats.createChat(firstTitle(text, attachments).toStdString(), atMs);
                if (!options.isEmpty()) chats.setOptions(where, toJson(options));
            }
            const qint64 question =
                addQuestion(chats, where, chats.chat(where).leafId, text, atMs, toStored(attachments));
            addAnswer(chats, where, question, atMs);
            return where;
        });
        return begun(stores, id);
    };
    const auto added = [this, ticket](const Begun& result) {
        d->setChats(result.chats);
        const QList<ChatMessageItem>& messages = result.branch.messages;
        ChatMessageItem answer = messages.last();
        d->answers.add(answer);
        d->answers.bringUpToDate(answer);
        emit submitted(ticket, answer.chatId, answer.id);
        emit messageAdded(messages.at(messages.size() - 2));
        emit messageAdded(answer);
        d->answers.proceed();
    };
    d->store.ask(this, commit, added, [this, ticket, text](const Failure& failure) {
        d->answers.noteFailure(failure);
        emit submitFailed(ticket, text, failure.sentence);
    });
    return ticket;
}

bool ChatService::isTemporary(qint64 chatId) {
    return chatId == kNewTemporaryChat || storage::isTemporary(chatId);
}

void ChatService::stop(qint64 chatId) {
    d->answers.stop(chatId);
}

void ChatService::regenerate(qint64 messageId) {
    d->branchOff(messageId, [messageId, atMs = nowMs()](storage::ChatStore& chats) {
        const storage::MessageRow old = chats.message(messageId);
        addAnswer(chats, old.chatId, old.role == storage::Role::assistant ? old.parentId : old.id, atMs);
        return qint64(old.chatId);
    });
}

void ChatService::reproduce(qint64 messageId) {
    d->store.ask(
        this,
        [messageId](storage::Stores& stores) { return fromJson(stores.chatsOf(messageId).message(messageId).details); },
        [this, messageId](const QJsonObject& details) {
            d->branchOff(
                messageId,
                [messageId, atMs = nowMs()](storage::ChatStore& chats) {
                    const storage::MessageRow old = chats.message(messageId);
                    addAnswer(chats, old.chatId, old.parentId, atMs);
                    return qint64(old.chatId);
                },
                optionsOf(details));
        },
        d->tellFailure());
}

void ChatService::continueAnswer(qint64 messageId) {
    d->branchOff(messageId, [messageId](storage::ChatStore& chats) {
        const storage::MessageRow old = chats.message(messageId);
        const qint64 leafId = chats.chat(old.chatId).leafId;
        if (old.role != storage::Role::assistant || leafId != messageId) {
            throw storage::Error(storage::ErrorKind::notFound,
                                 "Only the last answer of a chat can go on. Nothing was changed.");
        }
        chats.saveText(messageId, old.text, storage::MessageState::writing);
        return qint64(old.chatId);
    });
}

void ChatService::edit(qint64 messageId, const QString& text) {
    if (text.trimmed().isEmpty()) return;
    // Whose message it is, the store knows.
    const auto edited = [messageId, text, atMs = nowMs()](storage::Stores& stores) {
        storage::ChatStore& chats = stores.chatsOf(messageId);
        const storage::MessageRow old = chats.message(messageId);
        chats.inTransaction([&] {
            if (old.role == storage::Role::user) {
                const qint64 question = addQuestion(chats, old.chatId, old.parentId, text, atMs, old.attachments);
                addAnswer(chats, old.chatId, question, atMs);
            } else {
                const qint64 answer = addAnswer(chats, old.chatId, old.parentId, atMs);
                chats.finishMessage(answer, text.toStdString(), storage::MessageState::complete, R"({"edited":true})");
            }
        });
        return begun(stores, old.chatId);
    };
    d->store.ask(
        this, edited,
        [this](const Begun& result) {
            d->setChats(result.chats);
            const ChatMessageItem& last = result.branch.messages.last();
            if (last.state == MessageState::writing) d->answers.add(last);
            d->show(result.branch);
            d->answers.proceed();
        },
        d->tellFailure());
}

void ChatService::putSummary(qint64 messageId, const QString& text) {
    d->changeBranch(messageId, [messageId, text, atMs = nowMs()](storage::ChatStore& chats) {
        chats.putSummary(messageId, text.toStdString(), atMs);
        return qint64(chats.message(messageId).chatId);
    });
}

void ChatService::removeSummary(qint64 messageId) {
    d->changeBranch(messageId, [messageId](storage::ChatStore& chats) {
        chats.removeSummary(messageId);
        return qint64(chats.message(messageId).chatId);
    });
}

void ChatService::showSibling(qint64 messageId, int step) {
    d->changeBranch(messageId, [messageId, step](storage::ChatStore& chats) {
        const qint64 sibling = chats.sibling(messageId, step);
        chats.showBranch(sibling);
        return qint64(chats.message(sibling).chatId);
    });
}

void ChatService::renameChat(qint64 chatId, const QString& title) {
    const QString name = title.simplified();
    if (name.isEmpty()) return;
    d->change(
        [chatId, name](storage::Stores& stores) { stores.chatsOf(chatId).renameChat(chatId, name.toStdString()); },
        [this, chatId, name] { emit chatRenamed(chatId, name); });
}

void ChatService::deleteChat(qint64 chatId) {
    const auto remove = [chatId, atMs = nowMs()](storage::Stores& stores) {
        const QString title = QString::fromStdString(stores.chats.chat(chatId).title);
        stores.chats.deleteChat(chatId, atMs);
        return qMakePair(title, toItems(stores.chats.listChats()));
    };
    const auto removed = [this, chatId](const QPair<QString, QList<ChatListItem>>& result) {
        d->answers.stop(chatId);
        d->setChats(result.second);
        emit chatDeleted(chatId, result.first);
    };
    d->store.ask(this, remove, removed, d->tellFailure());
}

void ChatService::undoDelete(qint64 chatId) {
    d->change([chatId](storage::Stores& stores) { stores.chats.undoDelete(chatId); }, [] {});
}

void ChatService::forgetTemporary(qint64 chatId) {
    if (!storage::isTemporary(chatId)) return;
    d->answers.stop(chatId);
    d->store.ask(
        this, [chatId, atMs = nowMs()](storage::Stores& stores) { stores.temporaryChats().eraseChat(chatId, atMs); },
        [] {}, d->tellFailure());
}

bool ChatService::isStoreFull() const {
    return d->answers.isStoreFull();
}

void ChatService::setModelHash(const QString& path, const QString& sha256) {
    d->answers.setModelHash(path, sha256);
}

bool ChatService::isBusy(qint64 chatId) const {
    return d->answers.isBusy(chatId);
}

void ChatService::requestStop() {
    d->answers.close();
}

void ChatService::settle() {
    // What the inference thread said last is still on its way to the queue, whose event loop may be over.
    QCoreApplication::sendPostedEvents(&d->answers, QEvent::MetaCall);
    d->answers.settle();
}

}  // namespace lares::app
