#include "ui/chat/message_blocks_model.h"

#include <QRegularExpression>

#include <algorithm>
#include <tuple>

namespace lares::ui {
namespace {

using Model = MessageBlocksModel;

constexpr int kShownAtOnce = 200;  ///< messages of a chat that is opened
constexpr int kSlice = 400;        ///< ... and of each turn after that: a few milliseconds of parsing

Model::Kind kindOf(Block::Kind kind) {
    switch (kind) {
        case Block::Kind::paragraph:
            return Model::Paragraph;
        case Block::Kind::heading:
            return Model::Heading;
        case Block::Kind::listItem:
            return Model::ListItem;
        case Block::Kind::table:
            return Model::Table;
        case Block::Kind::code:
            return Model::Code;
        case Block::Kind::rule:
            return Model::Rule;
        case Block::Kind::thinking:
            return Model::Thinking;
    }
    Q_UNREACHABLE();
}

Model::Author authorOf(const MessageEntry& message) {
    return message.author == MessageEntry::Author::user ? Model::User : Model::Assistant;
}

Model::MessageState stateOf(const MessageEntry& message) {
    switch (message.state) {
        case MessageEntry::State::complete:
            return Model::Complete;
        case MessageEntry::State::writing:
            return Model::Writing;
        case MessageEntry::State::stopped:
            return Model::Stopped;
        case MessageEntry::State::failed:
            return Model::Failed;
    }
    Q_UNREACHABLE();
}

const QVector<int> kTextRoles{Model::HtmlRole, Model::PlainRole, Model::CellsRole};

const QVector<int> kBlockRoles{
    Model::HtmlRole,       Model::PlainRole,        Model::LevelRole,    Model::ListDepthRole,   Model::QuoteDepthRole,
    Model::MarkerRole,     Model::TaskStateRole,    Model::LanguageRole, Model::ColumnsRole,     Model::CellsRole,
    Model::AlignmentsRole, Model::PreviousKindRole, Model::GrowingRole,  Model::ThinkingDoneRole};

const QVector<int> kFactRoles{Model::MessageStateRole, Model::StatsRole,      Model::DetailsRole,
                              Model::ErrorRole,        Model::BranchRole,     Model::BranchCountRole,
                              Model::FilesRole,        Model::SummarisedRole, Model::SummaryRole};

}  // namespace

MessageBlocksModel::MessageBlocksModel(QObject* parent) : QAbstractListModel(parent) {
    restyle();
    m_olderTimer.setSingleShot(true);
    m_olderTimer.setInterval(0);
    connect(&m_olderTimer, &QTimer::timeout, this, [this] { showFrom(qMax(0, m_firstShown - kSlice)); });
    const auto tellCount = [this] { emit countChanged(); };
    connect(this, &QAbstractItemModel::rowsInserted, this, tellCount);
    connect(this, &QAbstractItemModel::rowsRemoved, this, tellCount);
    connect(this, &QAbstractItemModel::modelReset, this, tellCount);
}

int MessageBlocksModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

QHash<int, QByteArray> MessageBlocksModel::roleNames() const {
    return {{KindRole, "kind"},
            {MessageIdRole, "messageId"},
            {AuthorRole, "author"},
            {HtmlRole, "html"},
            {PlainRole, "plain"},
            {LevelRole, "level"},
            {ListDepthRole, "listDepth"},
            {QuoteDepthRole, "quoteDepth"},
            {MarkerRole, "marker"},
            {TaskStateRole, "taskState"},
            {LanguageRole, "language"},
            {ColumnsRole, "columns"},
            {CellsRole, "cells"},
            {AlignmentsRole, "alignments"},
            {PreviousKindRole, "previousKind"},
            {GrowingRole, "growing"},
            {OpenRole, "open"},
            {ThinkingDoneRole, "thinkingDone"},
            {MessageStateRole, "messageState"},
            {StatsRole, "stats"},
            {DetailsRole, "details"},
            {ErrorRole, "error"},
            {FilesRole, "files"},
            {SummarisedRole, "summarised"},
            {SummaryRole, "summary"},
            {BranchRole, "branch"},
            {BranchCountRole, "branchCount"},
            {LastMessageRole, "lastMessage"},
            {WrapRole, "wrapCode"}};
}

QVariant MessageBlocksModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Row& row = m_rows[index.row()];
    const QVariant value = blockData(row, role);
    return value.isValid() ? value : messageData(row, role);
}

QString MessageBlocksModel::rowHtml(const Row& row) const {
    switch (row.kind) {
        case Paragraph:
        case Heading:
        case ListItem:
            return styled(row.block.html);
        case Prompt:
            return styled(escapedHtml(row.block.text));
        case Thinking:
            return row.open ? styled(escapedHtml(row.block.text)) : QString();
        default:
            return {};
    }
}

QVariant MessageBlocksModel::blockData(const Row& row, int role) const {
    const Block& block = row.block;
    switch (role) {
        case KindRole:
            return QVariant::fromValue(row.kind);
        case HtmlRole:
            return rowHtml(row);
        case Qt::DisplayRole:
        case PlainRole:
            return block.text;
        case LevelRole:
            return block.level;
        case ListDepthRole:
            return block.listDepth;
        case QuoteDepthRole:
            return block.quoteDepth;
        case MarkerRole:
            return block.marker;
        case TaskStateRole:
            return QVariant::fromValue(TaskState(block.task));
        case LanguageRole:
            return block.language;
        case ColumnsRole:
            return block.columns;
        case CellsRole: {
            QStringList cells;
            cells.reserve(block.cells.size());
            for (const QString& cell : block.cells) cells += styled(cell);
            return cells;
        }
        case AlignmentsRole: {
            QVariantList alignments;
            for (int alignment : block.alignments) alignments += alignment;
            return alignments;
        }
        case PreviousKindRole:
            return QVariant::fromValue(row.previous);
        case GrowingRole:
            return row.growing;
        case OpenRole:
            return row.open;
        case ThinkingDoneRole:
            return block.closed;
        case WrapRole:
            return row.wrap;
        default:
            return {};
    }
}

QVariant MessageBlocksModel::messageData(const Row& row, int role) const {
    const MessageEntry& message = m_messages[row.message];
    switch (role) {
        case MessageIdRole:
            return double(message.id);
        case AuthorRole:
            return QVariant::fromValue(authorOf(message));
        case MessageStateRole:
            return QVariant::fromValue(stateOf(message));
        case StatsRole:
            return message.stats;
        case DetailsRole:
            return message.details;
        case ErrorRole:
            return message.error;
        case FilesRole:
            return message.files;
        case SummarisedRole:
            return message.summarised;
        case SummaryRole:
            return message.summary;
        case BranchRole:
            return message.branch;
        case BranchCountRole:
            return message.branchCount;
        case LastMessageRole:
            return row.message == m_messages.size() - 1;
        default:
            return {};
    }
}

QString MessageBlocksModel::styled(const QString& inlineHtml) const {
    return inlineHtml.isEmpty() ? QString() : m_style + inlineHtml + QStringLiteral("</p>");
}

int MessageBlocksModel::indexOf(qint64 messageId) const {
    // The message asked for is nearly always the last one.
    for (int i = int(m_messages.size()) - 1; i >= 0; --i) {
        if (m_messages[i].id == messageId) return i;
    }
    return -1;
}

const MessageEntry* MessageBlocksModel::message(qint64 messageId) const {
    const int index = indexOf(messageId);
    return index < 0 ? nullptr : &m_messages[index];
}

std::pair<int, int> MessageBlocksModel::rowsOf(int message) const {
    const auto less = [](const Row& row, int wanted) { return row.message < wanted; };
    const auto first = std::lower_bound(m_rows.cbegin(), m_rows.cend(), message, less);
    const auto end = std::lower_bound(first, m_rows.cend(), message + 1, less);
    return {int(first - m_rows.cbegin()), int(end - m_rows.cbegin())};
}

int MessageBlocksModel::firstRow(double messageId) {
    const int index = indexOf(qint64(messageId));
    if (index < 0) return -1;
    showFrom(index);
    return rowsOf(index).first;
}

void MessageBlocksModel::showFrom(int first) {
    if (first >= m_firstShown) return;
    QVector<Row> rows;
    for (int i = first; i < m_firstShown; ++i) rows += rowsFor(i);
    beginInsertRows({}, 0, int(rows.size()) - 1);
    rows += m_rows;
    m_rows = std::move(rows);
    m_firstShown = first;
    endInsertRows();
    if (first > 0) m_olderTimer.start();
}

std::pair<int, int> MessageBlocksModel::messageRows(int row) const {
    if (row < 0 || row >= m_rows.size()) return {0, 0};
    return rowsOf(m_rows[row].message);
}

QVector<MessageBlocksModel::Row> MessageBlocksModel::rowsFor(int index) const {
    const MessageEntry& message = m_messages[index];
    const bool writing = message.state == MessageEntry::State::writing;
    QVector<Row> rows;
    const auto add = [&](Kind kind, Block block) {
        Row row;
        row.message = index;
        row.kind = kind;
        row.block = std::move(block);
        row.previous = rows.isEmpty() ? Head : rows.last().kind;
        rows += std::move(row);
    };
    add(Head, {});
    if (message.author == MessageEntry::Author::user) {
        Block prompt;
        prompt.text = message.text;
        add(Prompt, std::move(prompt));
    } else {
        for (Block& block : parseBlocks(message.text, writing ? TextEnd::growing : TextEnd::complete)) {
            const Kind kind = kindOf(block.kind);
            add(kind, std::move(block));
        }
    }
    rows.last().growing = writing;
    add(Foot, {});
    return rows;
}

void MessageBlocksModel::setMessages(const QVector<MessageEntry>& messages) {
    qsizetype same = 0;
    while (same < qMin(messages.size(), m_messages.size()) && messages[same].id == m_messages[same].id) ++same;
    if (same == 0) {
        beginResetModel();
        m_messages = messages;
        m_rows.clear();
        m_firstShown = qMax(0, int(m_messages.size()) - kShownAtOnce);
        for (int i = m_firstShown; i < m_messages.size(); ++i) m_rows += rowsFor(i);
        endResetModel();
        if (m_firstShown > 0) m_olderTimer.start();
        return;
    }
    showFrom(int(same) - 1);
    if (same < m_messages.size()) {
        const int first = rowsOf(int(same)).first;
        beginRemoveRows({}, first, int(m_rows.size()) - 1);
        m_rows.remove(first, m_rows.size() - first);
        m_messages.resize(same);
        endRemoveRows();
        announce(int(same) - 1, {LastMessageRole});
    }
    for (qsizetype i = 0; i < same; ++i) {
        update(messages[i].id, messages[i].text, messages[i].state);
        setFacts(messages[i]);
    }
    for (qsizetype i = same; i < messages.size(); ++i) append(messages[i]);
}

void MessageBlocksModel::append(const MessageEntry& message) {
    if (indexOf(message.id) >= 0) {
        update(message.id, message.text, message.state);
        setFacts(message);
        return;
    }
    m_messages += message;
    const QVector<Row> rows = rowsFor(int(m_messages.size()) - 1);
    const int first = int(m_rows.size());
    beginInsertRows({}, first, first + int(rows.size()) - 1);
    m_rows += rows;
    endInsertRows();
    if (m_messages.size() > 1) announce(int(m_messages.size()) - 2, {LastMessageRole});
}

void MessageBlocksModel::update(qint64 messageId, const QString& text, MessageEntry::State state) {
    const int index = indexOf(messageId);
    if (index < 0) return;
    MessageEntry& message = m_messages[index];
    const bool stateChanged = message.state != state;
    if (!stateChanged && message.text == text) return;
    message.text = text;
    message.state = state;
    showText(index);
    if (stateChanged) announce(index, {MessageStateRole});
}

void MessageBlocksModel::setFacts(const MessageEntry& facts) {
    const int index = indexOf(facts.id);
    if (index < 0) return;
    MessageEntry& message = m_messages[index];
    const auto parts = [](const MessageEntry& m) {
        return std::tie(m.error, m.stats, m.details, m.files, m.summarised, m.summary, m.branch, m.branchCount);
    };
    if (parts(message) == parts(facts)) return;
    message.error = facts.error;
    message.stats = facts.stats;
    message.details = facts.details;
    message.files = facts.files;
    message.summarised = facts.summarised;
    message.summary = facts.summary;
    message.branch = facts.branch;
    message.branchCount = facts.branchCount;
    announce(index, kFactRoles);
}

void MessageBlocksModel::announce(int message, const QVector<int>& roles) {
    const auto [first, end] = rowsOf(message);
    if (first < end) emit dataChanged(index(first), index(end - 1), roles);
}

// Compares the rows as they are with what the text says now. Rows in front that are equal stay untouched; the rest is
// changed in place, and only the difference in number is inserted or removed, before the foot.
void MessageBlocksModel::showText(int message) {
    if (message < m_firstShown) return;
    QVector<Row> rows = rowsFor(message);
    const auto [first, end] = rowsOf(message);
    const int oldBody = end - first - 1, newBody = int(rows.size()) - 1;  // without the foot
    const auto same = [](const Row& a, const Row& b) {
        return a.kind == b.kind && a.previous == b.previous && a.growing == b.growing && a.block == b.block;
    };
    int changedFrom = -1, changedTo = -1;
    bool kindChanged = false, onlyText = true;
    for (int i = 0; i < qMin(oldBody, newBody); ++i) {
        Row& now = rows[i];
        Row& shown = m_rows[first + i];
        if (same(now, shown)) continue;
        kindChanged = kindChanged || now.kind != shown.kind;
        Block alike = shown.block;
        alike.html = now.block.html;
        alike.text = now.block.text;
        alike.cells = now.block.cells;
        alike.cellTexts = now.block.cellTexts;
        onlyText = onlyText && now.growing == shown.growing && now.previous == shown.previous && alike == now.block;
        now.open = shown.open;
        now.wrap = shown.wrap;
        shown = std::move(now);
        if (changedFrom < 0) changedFrom = first + i;
        changedTo = first + i;
    }
    if (changedFrom >= 0) {
        QVector<int> roles = onlyText ? kTextRoles : kBlockRoles;
        if (kindChanged) roles += KindRole;
        emit dataChanged(index(changedFrom), index(changedTo), roles);
    }
    if (newBody > oldBody) {
        beginInsertRows({}, first + oldBody, first + newBody - 1);
        m_rows.insert(first + oldBody, newBody - oldBody, Row{});
        std::move(rows.begin() + oldBody, rows.begin() + newBody, m_rows.begin() + first + oldBody);
        endInsertRows();
    } else if (newBody < oldBody) {
        beginRemoveRows({}, first + newBody, first + oldBody - 1);
        m_rows.remove(first + newBody, oldBody - newBody);
        endRemoveRows();
    }
    Row& foot = m_rows[first + newBody];
    if (foot.previous != rows.last().previous) {
        foot.previous = rows.last().previous;
        emit dataChanged(index(first + newBody), index(first + newBody), {PreviousKindRole});
    }
}

void MessageBlocksModel::toggleThinking(int row) {
    if (row < 0 || row >= m_rows.size() || m_rows[row].kind != Thinking) return;
    m_rows[row].open = !m_rows[row].open;
    emit dataChanged(index(row), index(row), {OpenRole, HtmlRole});
}

void MessageBlocksModel::toggleWrap(int row) {
    if (row < 0 || row >= m_rows.size() || m_rows[row].kind != Code) return;
    m_rows[row].wrap = !m_rows[row].wrap;
    emit dataChanged(index(row), index(row), {WrapRole});
}

// TextEdit has neither a link colour nor a line height of its own: both go in front of the markup.
void MessageBlocksModel::restyle() {
    QString style = QStringLiteral("<style>p{line-height:%1%;margin:0}").arg(m_lineHeightPercent);
    if (m_linkColor.isValid()) style += QStringLiteral("a{color:%1}").arg(m_linkColor.name());
    style += QStringLiteral("code{font-family:'%1'").arg(m_codeFamily);
    if (m_codeColor.isValid()) style += QStringLiteral(";color:%1").arg(m_codeColor.name());
    if (m_codeBackground.isValid()) style += QStringLiteral(";background-color:%1").arg(m_codeBackground.name());
    style += QStringLiteral("}</style><p>");
    if (style == m_style) return;
    m_style = style;
    emit styleChanged();
    if (!m_rows.isEmpty()) emit dataChanged(index(0), index(int(m_rows.size()) - 1), {HtmlRole, CellsRole});
}

void MessageBlocksModel::setLinkColor(const QColor& color) {
    m_linkColor = color;
    restyle();
}

void MessageBlocksModel::setCodeColor(const QColor& color) {
    m_codeColor = color;
    restyle();
}

void MessageBlocksModel::setCodeBackground(const QColor& color) {
    m_codeBackground = color;
    restyle();
}

void MessageBlocksModel::setLineHeightPercent(int percent) {
    m_lineHeightPercent = percent;
    restyle();
}

void MessageBlocksModel::setCodeFamily(const QString& family) {
    m_codeFamily = family;
    m_codeFamily.remove(QRegularExpression(QStringLiteral("[^\\w .-]")));  // goes into a style sheet
    restyle();
}

}  // namespace lares::ui
