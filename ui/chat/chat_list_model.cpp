#include "ui/chat/chat_list_model.h"

#include "app/services/chat/chat_service.h"
#include "app/services/library/library_service.h"
#include "ui/chat/chat_view_model.h"
#include "ui/chat/markdown_blocks.h"

#include <QGuiApplication>
#include <QLocale>
#include <QTimer>

#include <algorithm>

namespace lares::ui {
namespace {

struct Row {
    qint64 chatId = 0;
    qint64 hitMessageId = 0;
    qint64 updatedAtMs = 0;
    qint64 folderId = 0;
    bool pinned = false;
    QString title, section, when, snippet;
    bool operator==(const Row&) const = default;
};

QString withMarks(const app::ChatSearchHit& hit) {
    QString html;
    qsizetype at = 0;
    for (const app::SnippetMark& mark : hit.marks) {
        if (mark.start < at || mark.length <= 0 || mark.start + mark.length > hit.snippet.size()) continue;
        html += escapedHtml(QStringView(hit.snippet).sliced(at, mark.start - at));
        html += QStringLiteral("<b>") + escapedHtml(QStringView(hit.snippet).sliced(mark.start, mark.length)) +
                QStringLiteral("</b>");
        at = mark.start + mark.length;
    }
    return html + escapedHtml(QStringView(hit.snippet).sliced(at));
}

}  // namespace

struct ChatListModel::Private {
    Private(ChatListModel& model, app::ChatService& service, app::LibraryService& libraryService,
            ChatViewModel& openChat, Clock clock)
        : self(model), chats(service), library(libraryService), open(openChat), now(std::move(clock)) {}

    ChatListModel& self;
    app::ChatService& chats;
    app::LibraryService& library;
    ChatViewModel& open;
    Clock now;
    QVector<Row> rows;
    QString searchText;
    Who who = Anyone;
    int days = 0;
    app::ChatSearch asked;  ///< the last search that was asked for
    QList<app::ChatSearchHit> hits;
    bool showsHits = false;  ///< the rows are the hits of the last search that was answered
    qint64 undoId = 0;
    bool undoWasOpen = false;
    QString undoText;
    QTimer midnight;

    QString sectionOf(const QDateTime& when, const QDate& today) const {
        const qint64 daysAgo = when.date().daysTo(today);
        if (daysAgo <= 0) return tr("Today");
        if (daysAgo == 1) return tr("Yesterday");
        if (daysAgo < 8) return tr("Last 7 days");
        const QString month = QLocale().standaloneMonthName(when.date().month());
        return when.date().year() == today.year() ? month
                                                  : tr("%1 %2", "month and year").arg(month).arg(when.date().year());
    }

    QString whenOf(const QDateTime& when, const QDate& today) const {
        const QLocale locale;
        const qint64 daysAgo = when.date().daysTo(today);
        if (daysAgo <= 0) return locale.toString(when.time(), QLocale::ShortFormat);
        if (daysAgo < 7) return locale.standaloneDayName(when.date().dayOfWeek());
        if (when.date().year() == today.year())
            return locale.toString(when.date(), tr("d MMMM", "a date of this year"));
        return locale.toString(when.date(), QLocale::ShortFormat);
    }

    Row rowFor(qint64 chatId, const QString& title, qint64 updatedAtMs, const QDateTime& moment) const {
        const QDateTime when =
            QDateTime::fromMSecsSinceEpoch(updatedAtMs, moment.timeSpec() == Qt::UTC ? Qt::UTC : Qt::LocalTime);
        Row row;
        row.chatId = chatId;
        row.updatedAtMs = updatedAtMs;
        row.title = title.isEmpty() ? tr("New chat") : title;
        row.when = whenOf(when, moment.date());
        if (!showsHits) row.section = sectionOf(when, moment.date());
        return row;
    }

    /// Place of the folder in the list; -1: in none, or not known yet.
    qsizetype folderRank(qint64 folderId) const {
        const QList<app::FolderItem>& all = library.items().folders;
        const auto found = std::find_if(all.cbegin(), all.cend(),
                                        [folderId](const app::FolderItem& folder) { return folder.id == folderId; });
        return found == all.cend() ? -1 : found - all.cbegin();
    }

    qsizetype rank(const Row& row) const {
        if (row.pinned) return -1;
        const qsizetype folder = row.folderId == 0 ? -1 : folderRank(row.folderId);
        return folder >= 0 ? folder : library.items().folders.size();
    }

    const app::ChatListItem* stored(double chatId) const {
        const QList<app::ChatListItem>& all = chats.chats();
        const auto found = std::find_if(all.cbegin(), all.cend(),
                                        [chatId](const app::ChatListItem& chat) { return double(chat.id) == chatId; });
        return found == all.cend() ? nullptr : &*found;
    }

    void search() {
        asked = {searchText};
        if (who != Anyone) asked.role = who == Me ? app::MessageRole::user : app::MessageRole::assistant;
        if (days > 0) asked.sinceMs = now().addDays(-days).toMSecsSinceEpoch();
        chats.searchChats(asked);  // the rows stay until the answer comes
    }

    QVector<Row> wantedRows() const {
        const QDateTime moment = now();
        QVector<Row> wanted;
        if (showsHits) {
            for (const app::ChatSearchHit& hit : hits) {
                Row row = rowFor(hit.chatId, hit.title, hit.updatedAtMs, moment);
                row.hitMessageId = hit.messageId;
                row.snippet = withMarks(hit);
                wanted += row;
            }
        } else {
            for (const app::ChatListItem& chat : chats.chats()) {
                Row row = rowFor(chat.id, chat.title, chat.updatedAtMs, moment);
                row.pinned = chat.pinned;
                row.folderId = chat.folderId;
                const auto folder = folderRank(chat.folderId);
                if (chat.pinned) {
                    row.section = tr("Pinned");
                } else if (folder >= 0) {
                    row.section = library.items().folders[folder].name;
                }
                wanted += row;
            }
            // Pinned ones, then folders by name, then the rest; each last used first, as they come.
            std::stable_sort(wanted.begin(), wanted.end(),
                             [this](const Row& a, const Row& b) { return rank(a) < rank(b); });
        }
        return wanted;
    }

    void showRows() {
        const QVector<Row> wanted = wantedRows();
        const int currentBefore = self.currentRow();
        placeRows(wanted);
        int first = -1, last = -1;
        for (int i = 0; i < wanted.size(); ++i) {
            if (rows[i] == wanted[i]) continue;
            rows[i] = wanted[i];
            if (first < 0) first = i;
            last = i;
        }
        if (first >= 0) emit self.dataChanged(self.index(first), self.index(last));
        if (self.currentRow() != currentBefore) emit self.currentChatChanged();
    }

    // Brings the same chats into the same order with the fewest moves that matter: one row to the top (a chat was
    // used), one row gone or new; anything else replaces what lies between the common head and tail.
    void placeRows(const QVector<Row>& wanted) {
        const auto sameAt = [&](qsizetype mine, qsizetype theirs) {
            return rows[mine].chatId == wanted[theirs].chatId;
        };
        const qsizetype shorter = qMin(rows.size(), wanted.size());
        qsizetype head = 0, tail = 0;
        while (head < shorter && sameAt(head, head)) ++head;
        while (tail < shorter - head && sameAt(rows.size() - 1 - tail, wanted.size() - 1 - tail)) ++tail;
        const qsizetype mine = rows.size() - head - tail, theirs = wanted.size() - head - tail;
        const bool rotated = mine == theirs && mine > 1 && sameAt(head + mine - 1, head) &&
                             std::equal(rows.begin() + head, rows.begin() + head + mine - 1, wanted.begin() + head + 1,
                                        [](const Row& a, const Row& b) { return a.chatId == b.chatId; });
        if (rotated) {
            self.beginMoveRows({}, int(head + mine - 1), int(head + mine - 1), {}, int(head));
            rows.move(head + mine - 1, head);
            self.endMoveRows();
            return;
        }
        if (mine > 0) {
            self.beginRemoveRows({}, int(head), int(head + mine - 1));
            rows.remove(head, mine);
            self.endRemoveRows();
        }
        if (theirs > 0) {
            self.beginInsertRows({}, int(head), int(head + theirs - 1));
            for (qsizetype i = 0; i < theirs; ++i) rows.insert(head + i, wanted[head + i]);
            self.endInsertRows();
        }
        if (mine != theirs) emit self.countChanged();
    }

    void tellEach(const QVector<int>& roles) const {
        if (!rows.isEmpty()) emit self.dataChanged(self.index(0), self.index(int(rows.size()) - 1), roles);
    }

    void waitForMidnight() {
        const QDateTime moment = now();
        midnight.start(int(moment.msecsTo(moment.date().addDays(1).startOfDay(moment.timeSpec())) + 1000));
    }

    void offerUndo(qint64 chatId, const QString& title) {
        undoId = chatId;
        undoText = tr("Deleted “%1”").arg(title.isEmpty() ? tr("New chat") : title);
        emit self.undoChanged();
    }

    void openBeside(int step) const {
        const int row = self.currentRow() + step;
        if (row >= 0 && row < rows.size()) open.open(double(rows[row].chatId));
    }
};

ChatListModel::ChatListModel(app::ChatService& chats, app::LibraryService& library, ChatViewModel& open, Clock now,
                             QObject* parent)
    : QAbstractListModel(parent), d(new Private(*this, chats, library, open, std::move(now))) {
    if (!d->now) d->now = [] { return QDateTime::currentDateTime(); };
    d->midnight.setSingleShot(true);
    connect(&d->midnight, &QTimer::timeout, this, &ChatListModel::refreshSections);
    connect(qApp, &QGuiApplication::applicationStateChanged, this, [this](Qt::ApplicationState state) {
        if (state == Qt::ApplicationActive) refreshSections();
    });
    connect(&chats, &app::ChatService::chatsChanged, this, [this] {
        if (searching()) d->search();
        if (!d->showsHits) d->showRows();
    });
    connect(&chats, &app::ChatService::searchFinished, this,
            [this](const app::ChatSearch& search, const QList<app::ChatSearchHit>& hits) {
                if (!(search == d->asked) || !searching()) return;  // an answer to what was typed before
                d->hits = hits;
                d->showsHits = true;
                d->showRows();
            });
    connect(&library, &app::LibraryService::changed, this, [this] {
        if (!d->showsHits) d->showRows();
    });
    connect(&library, &app::LibraryService::duplicated, this, [this](qint64 chatId) { d->open.open(double(chatId)); });
    connect(&chats, &app::ChatService::busyChanged, this, [this] { d->tellEach({AnsweringRole}); });
    connect(&chats, &app::ChatService::chatDeleted, this,
            [this](qint64 chatId, const QString& title) { d->offerUndo(chatId, title); });
    connect(&open, &ChatViewModel::chatIdChanged, this, [this] {
        d->tellEach({CurrentRole});
        emit currentChatChanged();
    });
    d->waitForMidnight();
    d->showRows();
    chats.listChats();
}

ChatListModel::~ChatListModel() = default;

int ChatListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(d->rows.size());
}

QHash<int, QByteArray> ChatListModel::roleNames() const {
    return {{ChatIdRole, "chatId"},   {TitleRole, "title"},
            {SectionRole, "section"}, {SnippetRole, "snippet"},
            {CurrentRole, "current"}, {AnsweringRole, "answering"},
            {WhenRole, "when"},       {HitMessageRole, "hitMessageId"},
            {PinnedRole, "pinned"},   {FolderRole, "folderId"}};
}

QVariant ChatListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Row& row = d->rows[index.row()];
    switch (role) {
        case ChatIdRole:
            return double(row.chatId);
        case Qt::DisplayRole:
        case TitleRole:
            return row.title;
        case SectionRole:
            return row.section;
        case SnippetRole:
            return row.snippet;
        case CurrentRole:
            return double(row.chatId) == d->open.chatId();
        case AnsweringRole:
            return d->chats.isBusy(row.chatId);
        case WhenRole:
            return row.when;
        case PinnedRole:
            return row.pinned;
        case FolderRole:
            return double(row.folderId);
        case HitMessageRole:
            return double(row.hitMessageId);
        default:
            return {};
    }
}

QString ChatListModel::searchText() const {
    return d->searchText;
}

bool ChatListModel::searching() const {
    return !d->searchText.trimmed().isEmpty();
}

void ChatListModel::setSearchText(const QString& text) {
    if (text == d->searchText) return;
    d->searchText = text;
    if (searching()) {
        d->search();
    } else {
        d->showsHits = false;
        d->hits.clear();
        d->showRows();
    }
    emit searchTextChanged();
}

ChatListModel::Who ChatListModel::who() const {
    return d->who;
}

void ChatListModel::setWho(Who who) {
    if (who == d->who) return;
    d->who = who;
    if (searching()) d->search();
    emit searchTextChanged();
}

int ChatListModel::days() const {
    return d->days;
}

void ChatListModel::setDays(int days) {
    if (days == d->days) return;
    d->days = days;
    if (searching()) d->search();
    emit searchTextChanged();
}

double ChatListModel::currentChatId() const {
    return d->open.chatId();
}

int ChatListModel::currentRow() const {
    const auto id = qint64(d->open.chatId());
    const auto found =
        std::find_if(d->rows.cbegin(), d->rows.cend(), [id](const Row& row) { return row.chatId == id; });
    return found == d->rows.cend() ? -1 : int(found - d->rows.cbegin());
}

QString ChatListModel::undoText() const {
    return d->undoText;
}

void ChatListModel::open(double chatId, double hitMessageId) {
    d->open.openAt(chatId, hitMessageId);
}

void ChatListModel::openTemporaryChat() {
    d->open.openTemporaryChat();
}

void ChatListModel::setPinned(double chatId, bool pinned) {
    d->library.setPinned(qint64(chatId), pinned);
}

bool ChatListModel::isKept(double chatId) const {
    return !app::ChatService::isTemporary(qint64(chatId));
}

bool ChatListModel::isPinned(double chatId) const {
    const app::ChatListItem* chat = d->stored(chatId);
    return chat != nullptr && chat->pinned;
}

double ChatListModel::folderOf(double chatId) const {
    const app::ChatListItem* chat = d->stored(chatId);
    return chat == nullptr ? 0 : double(chat->folderId);
}

void ChatListModel::moveToFolder(double chatId, double folderId) {
    d->library.moveToFolder(qint64(chatId), qint64(folderId));
}

void ChatListModel::moveToNewFolder(double chatId, const QString& name) {
    d->library.addFolder(name, qint64(chatId));
}

void ChatListModel::duplicate(double chatId) {
    const app::ChatListItem* chat = d->stored(chatId);
    const QString title = chat != nullptr ? chat->title : d->open.title();
    d->library.duplicate(qint64(chatId),
                         app::ChatService::isTemporary(qint64(chatId)) ? title : tr("%1, copy").arg(title));
}

void ChatListModel::openNewChat() {
    d->open.openNewChat();
}

void ChatListModel::openNext() {
    d->openBeside(1);
}

void ChatListModel::openPrevious() {
    d->openBeside(-1);
}

void ChatListModel::rename(double chatId, const QString& title) {
    d->chats.renameChat(qint64(chatId), title);
}

void ChatListModel::remove(double chatId) {
    d->undoWasOpen = chatId == d->open.chatId();
    d->chats.deleteChat(qint64(chatId));
}

void ChatListModel::undo() {
    if (d->undoId == 0) return;
    const qint64 chatId = d->undoId;
    d->chats.undoDelete(chatId);
    if (d->undoWasOpen) d->open.open(double(chatId));
    dismissUndo();
}

void ChatListModel::dismissUndo() {
    if (d->undoId == 0) return;
    d->undoId = 0;
    d->undoText.clear();
    emit undoChanged();
}

void ChatListModel::refreshSections() {
    d->waitForMidnight();
    d->showRows();
}

}  // namespace lares::ui
