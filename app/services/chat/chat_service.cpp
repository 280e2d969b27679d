// The verbs of ChatService: each is one piece of work for the storage thread and what follows from its result. How an
// answer is generated is in answer_queue.cpp.
#include "app/services/chat/chat_service.h"

#include "app/services/chat/answer_queue.h"
#include "app/services/chat/chat_values.h"
#include "app/services/settings/settings_service.h"

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
    return {toItem(stores.chats.chat(chatId)), toItems(stores.chats.shownMessages(chatId))};
}

Begun begun(storage::Stores& stores, qint64 chatId) {
    return {toItems(stores.chats.listChats()), shownBranch(stores, chatId)};
}

qint64 addAnswer(storage::Stores& stores, qint64 chatId, qint64 parentId, qint64 atMs) {
    return stores.chats.addMessage(chatId, parentId, storage::Role::assistant, {}, storage::MessageState::writing,
                                   atMs);
}

qint64 addQuestion(storage::Stores& stores, qint64 chatId, qint64 parentId, const QString& text, qint64 atMs) {
    return stores.chats.addMessage(chatId, parentId, storage::Role::user, text.toStdString(),
                                   storage::MessageState::complete, atMs);
}

}  // namespace

struct ChatService::Private {
    Private(ChatService& service, StoreThread& storeThread, InferenceThread& inference, SettingsService& settings)
        : q(service), store(storeThread), answers(storeThread, inference, settings) {}

    FailureHandler tellFailure() {
        return [this](const Failure& failure) { emit q.failed(failure.sentence); };
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

    /// A branch that ends with a new empty answer, committed by `work` (which returns the chat's id): shown, then
    /// answered.
    template <typename Work>
    void branchOff(Work work) {
        const auto whole = [work](storage::Stores& stores) {
            const qint64 chatId = stores.database.inTransaction([&] { return work(stores); });
            return begun(stores, chatId);
        };
        store.ask(
            &q, whole,
            [this](const Begun& result) {
                setChats(result.chats);
                answers.add(result.branch.messages.last());
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
    connect(&d->answers, &AnswerQueue::chatsWritten, this,
            [this](const QList<ChatListItem>& rows) { d->setChats(rows); });
}

ChatService::~ChatService() = default;

const QList<ChatListItem>& ChatService::chats() const {
    return d->chats;
}

void ChatService::listChats() {
    d->store.ask(
        this, [](storage::Stores& stores) { return toItems(stores.chats.listChats()); },
        [this](const QList<ChatListItem>& rows) {
            d->listed = false;  // whoever asks is answered, even when nothing changed
            d->setChats(rows);
        },
        d->tellFailure());
}

void ChatService::searchChats(const QString& text) {
    const auto search = [text](storage::Stores& stores) {
        QList<ChatSearchHit> hits;
        for (const storage::SearchHit& hit : stores.chats.search(text.toStdString(), kSearchHits)) hits += toHit(hit);
        return hits;
    };
    d->store.ask(
        this, search, [this, text](const QList<ChatSearchHit>& hits) { emit searchFinished(text, hits); },
        d->tellFailure());
}

void ChatService::openChat(qint64 chatId) {
    d->store.ask(
        this, [chatId](storage::Stores& stores) { return shownBranch(stores, chatId); },
        [this](const Branch& branch) { d->show(branch); }, d->tellFailure());
}

quint64 ChatService::submit(qint64 chatId, const QString& text) {
    if (text.trimmed().isEmpty()) return 0;
    const quint64 ticket = ++d->lastTicket;
    const auto commit = [chatId, text, atMs = nowMs()](storage::Stores& stores) {
        const qint64 id = stores.database.inTransaction([&] {
            const qint64 where = chatId != 0 ? chatId : stores.chats.createChat(titleFrom(text).toStdString(), atMs);
            const qint64 question = addQuestion(stores, where, stores.chats.chat(where).leafId, text, atMs);
            addAnswer(stores, where, question, atMs);
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
    d->store.ask(this, commit, added,
                 [this, ticket, text](const Failure& failure) { emit submitFailed(ticket, text, failure.sentence); });
    return ticket;
}

void ChatService::stop(qint64 chatId) {
    d->answers.stop(chatId);
}

void ChatService::regenerate(qint64 messageId) {
    d->branchOff([messageId, atMs = nowMs()](storage::Stores& stores) {
        const storage::MessageRow old = stores.chats.message(messageId);
        addAnswer(stores, old.chatId, old.role == storage::Role::assistant ? old.parentId : old.id, atMs);
        return qint64(old.chatId);
    });
}

void ChatService::edit(qint64 messageId, const QString& text) {
    if (text.trimmed().isEmpty()) return;
    d->branchOff([messageId, text, atMs = nowMs()](storage::Stores& stores) {
        const storage::MessageRow old = stores.chats.message(messageId);
        const qint64 question = addQuestion(stores, old.chatId, old.parentId, text, atMs);
        addAnswer(stores, old.chatId, question, atMs);
        return qint64(old.chatId);
    });
}

void ChatService::showSibling(qint64 messageId, int step) {
    const auto turn = [messageId, step](storage::Stores& stores) {
        const qint64 sibling = stores.chats.sibling(messageId, step);
        stores.chats.showBranch(sibling);
        return shownBranch(stores, stores.chats.message(sibling).chatId);
    };
    d->store.ask(
        this, turn, [this](const Branch& branch) { d->show(branch); }, d->tellFailure());
}

void ChatService::renameChat(qint64 chatId, const QString& title) {
    const QString name = title.simplified();
    if (name.isEmpty()) return;
    d->change([chatId, name](storage::Stores& stores) { stores.chats.renameChat(chatId, name.toStdString()); },
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
