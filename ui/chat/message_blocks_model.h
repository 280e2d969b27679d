// The rows of one chat: per message a head, its blocks (user messages: one prompt row) and a foot.
// Not the owner of the messages: ChatViewModel feeds it. A growing answer changes only its last rows. Of a long chat
// the end is there at once; the rows of the older messages come above it in slices, while nothing else is to do.
#pragma once

#include "ui/chat/markdown_blocks.h"

#include <QAbstractListModel>
#include <QColor>
#include <QQmlEngine>
#include <QTimer>

namespace lares::ui {

/// One message as the list shows it.
struct MessageEntry {
    enum class Author { user, assistant };
    enum class State { complete, writing, stopped, failed };

    qint64 id = 0;
    Author author = Author::user;
    QString text;
    State state = State::complete;
    QString error;            ///< failed: a sentence
    QString stats;            ///< one line for the foot: "12.3 tokens/s, 210 tokens, first after 0.8 s"
    QString details;          ///< lines for "Details": model, device, seed, ...
    QString files;            ///< names of what came with it, by lines
    bool summarised = false;  ///< the model is told `summary` in place of this message and all before
    QString summary;          ///< empty: they are left out
    int branch = 1;           ///< this message is number `branch`
    int branchCount = 1;      ///< of so many in its place
};

class MessageBlocksModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to ChatViewModel")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    // What generated markup looks like; set from the theme with Binding {}, the html and cells roles follow at once.
    Q_PROPERTY(QColor linkColor READ linkColor WRITE setLinkColor NOTIFY styleChanged FINAL)
    Q_PROPERTY(QColor codeColor READ codeColor WRITE setCodeColor NOTIFY styleChanged FINAL)
    Q_PROPERTY(QColor codeBackground READ codeBackground WRITE setCodeBackground NOTIFY styleChanged FINAL)
    /// Of the face's natural line: what makes 16/24 depends on the face, so the theme says it.
    Q_PROPERTY(int lineHeightPercent READ lineHeightPercent WRITE setLineHeightPercent NOTIFY styleChanged FINAL)
    Q_PROPERTY(QString codeFamily READ codeFamily WRITE setCodeFamily NOTIFY styleChanged FINAL)

 public:
    enum Kind { Head, Prompt, Paragraph, Heading, ListItem, Table, Code, Rule, Thinking, Foot };
    Q_ENUM(Kind)
    enum Author { User, Assistant };
    Q_ENUM(Author)
    enum MessageState { Complete, Writing, Stopped, Failed };
    Q_ENUM(MessageState)
    enum TaskState { NoTask, OpenTask, DoneTask };
    Q_ENUM(TaskState)

    /// Role names as QML writes them stand behind each.
    enum Role {
        KindRole = Qt::UserRole + 1,  ///< kind: Kind
        MessageIdRole,                ///< messageId: double
        AuthorRole,                   ///< author: Author
        HtmlRole,          ///< html: rich text of paragraph, heading, list item, prompt, opened thinking; else empty
        PlainRole,         ///< plain: the row's own text: code, prompt, thinking, paragraph, table as text
        LevelRole,         ///< level: heading 1..6
        ListDepthRole,     ///< listDepth: 0 outside lists
        QuoteDepthRole,    ///< quoteDepth: 0 outside quotes
        MarkerRole,        ///< marker: "•", "7.", empty
        TaskStateRole,     ///< taskState: TaskState
        LanguageRole,      ///< language: of code, as written after the fence
        ColumnsRole,       ///< columns: of a table
        CellsRole,         ///< cells: list of rich texts, row by row, header row first
        AlignmentsRole,    ///< alignments: list of Qt.AlignLeft/AlignHCenter/AlignRight, one per column
        PreviousKindRole,  ///< previousKind: Kind of the row above in the same message (Head for the first)
        GrowingRole,       ///< growing: true on the last block of an answer being written
        OpenRole,          ///< open: thinking is unfolded (toggleThinking)
        ThinkingDoneRole,  ///< thinkingDone: its end has come
        MessageStateRole,  ///< messageState: MessageState
        StatsRole,         ///< stats: foot, one line, may be empty
        DetailsRole,       ///< details: foot, several lines, may be empty
        ErrorRole,         ///< error: foot of a failed answer, a sentence
        FilesRole,         ///< files: prompt, names of attached files by lines
        SummarisedRole,    ///< summarised: foot; the model is told `summary` in place of all down to here
        SummaryRole,       ///< summary: foot; empty: left out
        BranchRole,        ///< branch: foot, 1..branchCount
        BranchCountRole,   ///< branchCount: foot
        LastMessageRole,   ///< lastMessage: row belongs to the chat's last message
        WrapRole,          ///< wrapCode: code wraps its lines (toggleWrap)
    };
    Q_ENUM(Role)

    explicit MessageBlocksModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;
    int count() const { return rowCount(); }

    // Fed by the owner. Messages that are not known are ignored by update() and setFacts().
    /// The whole chat. Rows of leading messages that are here already stay, so a changed branch does not jump.
    void setMessages(const QVector<MessageEntry>& messages);
    void append(const MessageEntry& message);
    /// New text and state; re-parses, then changes, inserts or removes only the rows that differ.
    void update(qint64 messageId, const QString& text, MessageEntry::State state);
    /// Everything about a message but its text and state: error, stats, details, branches.
    void setFacts(const MessageEntry& facts);
    void clear() { setMessages({}); }
    const QVector<MessageEntry>& messages() const { return m_messages; }
    const MessageEntry* message(qint64 messageId) const;

    Q_INVOKABLE void toggleThinking(int row);
    Q_INVOKABLE void toggleWrap(int row);
    /// First row of a message, -1 when it is not here. One that is still to come comes at once.
    Q_INVOKABLE int firstRow(double messageId);
    /// Rows of the message that `row` belongs to: the first and one past the last.
    std::pair<int, int> messageRows(int row) const;

    QColor linkColor() const { return m_linkColor; }
    QColor codeColor() const { return m_codeColor; }
    QColor codeBackground() const { return m_codeBackground; }
    int lineHeightPercent() const { return m_lineHeightPercent; }
    QString codeFamily() const { return m_codeFamily; }
    void setLinkColor(const QColor& color);
    void setCodeColor(const QColor& color);
    void setCodeBackground(const QColor& color);
    void setLineHeightPercent(int percent);
    void setCodeFamily(const QString& family);

 signals:
    void countChanged();
    void styleChanged();

 private:
    struct Row {
        int message = 0;  ///< index into m_messages
        Kind kind = Head;
        Block block;
        Kind previous = Head;
        bool growing = false, open = false, wrap = false;
    };

    QVector<Row> rowsFor(int message) const;
    /// Rows of the messages from `first` up to those that have some.
    void showFrom(int first);
    QString styled(const QString& inlineHtml) const;
    QString rowHtml(const Row& row) const;
    QVariant blockData(const Row& row, int role) const;
    QVariant messageData(const Row& row, int role) const;
    int indexOf(qint64 messageId) const;
    std::pair<int, int> rowsOf(int message) const;
    void showText(int message);
    void announce(int message, const QVector<int>& roles);
    void restyle();

    QVector<MessageEntry> m_messages;
    int m_firstShown = 0;  ///< older messages have no rows yet
    QVector<Row> m_rows;
    QTimer m_olderTimer;  ///< while active, there are such messages
    QColor m_linkColor, m_codeColor, m_codeBackground;
    int m_lineHeightPercent = 150;
    QString m_codeFamily = QStringLiteral("monospace");
    QString m_style;
};

}  // namespace lares::ui
