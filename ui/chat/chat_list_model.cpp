#include "ui/chat/chat_list_model.h"

#include "app/services/chat/chat_service.h"
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
    Private(ChatListModel& model, app::ChatService& service, ChatViewModel& openChat, Clock clock)
        : self(model), chats(service), open(openChat), now(std::move(clock)) {}

    ChatListModel& self;
    app::ChatService& chats;
    ChatViewModel& open;
    Clock now;
    QVector<Row> rows;
    QString searchText;
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
                wanted += rowFor(chat.id, chat.title, chat.updatedAtMs, moment);
            }
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

ChatListModel::ChatListModel(app::ChatService& chats, ChatViewModel& open, Clock now, QObject* parent)
    : QAbstractListModel(parent), d(new Private(*this, chats, open, std::move(now))) {
    if (!d->now) d->now = [] { return QDateTime::currentDateTime(); };
    d->midnight.setSingleShot(true);
    connect(&d->midnight, &QTimer::timeout, this, &ChatListModel::refreshSections);
    connect(qApp, &QGuiApplication::applicationStateChanged, this, [this](Qt::ApplicationState state) {
        if (state == Qt::ApplicationActive) refreshSections();
    });
    connect(&chats, &app::ChatService::chatsChanged, this, [this] {
        if (searching()) d->chats.searchChats(d->searchText);
        if (!d->showsHits) d->showRows();
    });
    connect(&chats, &app::ChatService::searchFinished, this,
            [this](const app::ChatSearch& search, const QList<app::ChatSearchHit>& hits) {
                if (search.text != d->searchText) return;  // an answer to what was typed before
                d->hits = hits;
                d->showsHits = true;
                d->showRows();
            });
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
            {WhenRole, "when"},       {HitMessageRole, "hitMessageId"}};
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
        d->chats.searchChats(text);  // the rows stay until the answer comes
    } else {
        d->showsHits = false;
        d->hits.clear();
        d->showRows();
    }
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

void ChatListModel::open(double chatId) {
    d->open.open(chatId);
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
