#include "ui/library/jump_model.h"

#include "app/services/chat/chat_service.h"
#include "ui/shell/shortcut_list.h"

namespace lares::ui {
namespace {

constexpr int kMostChats = 8, kMostHits = 20;

struct Row {
    JumpModel::Kind kind = JumpModel::Chat;
    QString name, note;
    qint64 chatId = 0, messageId = 0;
    int action = 0;
};

bool hasEvery(const QString& text, const QStringList& words) {
    return std::all_of(words.begin(), words.end(),
                       [&text](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

}  // namespace

struct JumpModel::Private {
    explicit Private(app::ChatService& service) : chats(service) {}

    app::ChatService& chats;
    ShortcutList shortcuts;
    QString text;
    QList<app::ChatSearchHit> hits;
    QVector<Row> rows;

    QVector<Row> wanted() const {
        const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
        QVector<Row> all;
        for (int i = 0; !words.isEmpty() && i < shortcuts.rowCount(); ++i) {
            const QModelIndex entry = shortcuts.index(i);
            const QString does = entry.data(ShortcutList::DoesRole).toString();
            if (!hasEvery(does, words)) continue;
            all += {Action, does, entry.data(ShortcutList::KeysTextRole).toString(),
                    0,      0,    entry.data(ShortcutList::ActionRole).toInt()};
        }
        int found = 0;
        for (const app::ChatListItem& chat : chats.chats()) {
            if (found == kMostChats) break;
            if (!hasEvery(chat.title, words)) continue;
            all += {Chat, chat.title, {}, chat.id, 0, 0};
            ++found;
        }
        for (const app::ChatSearchHit& hit : hits) {
            if (all.size() >= kMostHits) break;
            if (hit.messageId != 0) all += {Message, hit.title, hit.snippet, hit.chatId, hit.messageId, 0};
        }
        return all;
    }
};

JumpModel::JumpModel(app::ChatService& chats, QObject* parent) : QAbstractListModel(parent), d(new Private(chats)) {
    const auto show = [this] {
        // Not a reset: the view would keep the marked row of before.
        if (!d->rows.isEmpty()) {
            beginRemoveRows({}, 0, int(d->rows.size()) - 1);
            d->rows.clear();
            endRemoveRows();
        }
        const QVector<Row> wanted = d->wanted();
        if (!wanted.isEmpty()) {
            beginInsertRows({}, 0, int(wanted.size()) - 1);
            d->rows = wanted;
            endInsertRows();
        }
        emit countChanged();
    };
    connect(&chats, &app::ChatService::chatsChanged, this, show);
    connect(&chats, &app::ChatService::searchFinished, this,
            [this, show](const app::ChatSearch& search, const QList<app::ChatSearchHit>& hits) {
                if (!(search == app::ChatSearch{d->text}) || d->text.trimmed().isEmpty()) return;
                d->hits = hits;
                show();
            });
    connect(this, &JumpModel::textChanged, this, show);
    show();
}

JumpModel::~JumpModel() = default;

int JumpModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(d->rows.size());
}

QHash<int, QByteArray> JumpModel::roleNames() const {
    return {{KindRole, "kind"},     {NameRole, "name"},           {NoteRole, "note"},
            {ChatIdRole, "chatId"}, {MessageIdRole, "messageId"}, {ActionRole, "verb"}};
}

QVariant JumpModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Row& row = d->rows[index.row()];
    switch (role) {
        case KindRole:
            return QVariant::fromValue(row.kind);
        case Qt::DisplayRole:
        case NameRole:
            return row.name;
        case NoteRole:
            return row.note;
        case ChatIdRole:
            return double(row.chatId);
        case MessageIdRole:
            return double(row.messageId);
        case ActionRole:
            return row.action;
        default:
            return {};
    }
}

QString JumpModel::text() const {
    return d->text;
}

void JumpModel::setText(const QString& text) {
    if (text == d->text) return;
    d->text = text;
    d->hits.clear();
    if (!text.trimmed().isEmpty()) d->chats.searchChats(text);
    emit textChanged();
}

}  // namespace lares::ui
