// The list pane: every chat under the day it was last used, or the hits of a search with their snippets.
// Not the open chat itself (ChatViewModel). Rows are flat; a header shows where `section` differs from the row above.
#pragma once

#include <QAbstractListModel>
#include <QDateTime>
#include <QQmlEngine>

#include <functional>
#include <memory>

namespace lares::app {
class ChatService;
class LibraryService;
}  // namespace lares::app

namespace lares::ui {

class ChatViewModel;

class ChatListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(QString searchText READ searchText WRITE setSearchText NOTIFY searchTextChanged FINAL)
    Q_PROPERTY(Who who READ who WRITE setWho NOTIFY searchTextChanged FINAL)     ///< filter of a search
    Q_PROPERTY(int days READ days WRITE setDays NOTIFY searchTextChanged FINAL)  ///< ... said in so many; 0: ever
    Q_PROPERTY(bool searching READ searching NOTIFY searchTextChanged FINAL)     ///< rows are hits, not all chats
    Q_PROPERTY(double currentChatId READ currentChatId NOTIFY currentChatChanged FINAL)  ///< 0: a new, empty chat
    Q_PROPERTY(int currentRow READ currentRow NOTIFY currentChatChanged FINAL)           ///< -1: not in the list
    Q_PROPERTY(QString undoText READ undoText NOTIFY undoChanged FINAL)  ///< toast: "Deleted “Title”"; empty: no toast

 public:
    enum Role {
        ChatIdRole = Qt::UserRole + 1,  ///< chatId: double
        TitleRole,                      ///< title: never empty
        SectionRole,     ///< section: "Pinned", a folder's name, "Today", "Last 7 days", ...; empty when searching
        SnippetRole,     ///< snippet: rich text with the hit in <b>; empty when not searching
        CurrentRole,     ///< current: is the open chat
        AnsweringRole,   ///< answering: an answer is being written
        WhenRole,        ///< when: "14:02", "Monday", "3 October"
        PinnedRole,      ///< pinned
        FolderRole,      ///< folderId: double; 0: in none
        HitMessageRole,  ///< hitMessageId: double, the message found; 0 for a title or when not searching
    };
    Q_ENUM(Role)

    enum Who { Anyone, Me, Model };
    Q_ENUM(Who)

    using Clock = std::function<QDateTime()>;

    /// `open` is the chat the current row follows. `now` is asked whenever sections are worked out.
    ChatListModel(app::ChatService& chats, app::LibraryService& library, ChatViewModel& open, Clock now = {},
                  QObject* parent = nullptr);
    ~ChatListModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return rowCount(); }
    QString searchText() const;
    bool searching() const;
    void setSearchText(const QString& text);
    Who who() const;
    void setWho(Who who);
    int days() const;
    void setDays(int days);
    double currentChatId() const;
    int currentRow() const;
    QString undoText() const;

    /// A hit opens on the branch of the message found.
    Q_INVOKABLE void open(double chatId, double hitMessageId = 0);
    Q_INVOKABLE void openNewChat();
    Q_INVOKABLE void openTemporaryChat();
    Q_INVOKABLE void setPinned(double chatId, bool pinned);
    Q_INVOKABLE bool isKept(double chatId) const;  ///< not a temporary one
    Q_INVOKABLE bool isPinned(double chatId) const;
    Q_INVOKABLE double folderOf(double chatId) const;
    Q_INVOKABLE void moveToFolder(double chatId, double folderId);  ///< 0: out of its folder
    Q_INVOKABLE void moveToNewFolder(double chatId, const QString& name);
    Q_INVOKABLE void duplicate(double chatId);
    Q_INVOKABLE void openNext();      ///< the row below the current one
    Q_INVOKABLE void openPrevious();  ///< the row above
    Q_INVOKABLE void rename(double chatId, const QString& title);
    Q_INVOKABLE void remove(double chatId);
    Q_INVOKABLE void undo();
    Q_INVOKABLE void dismissUndo();
    /// Works the sections out anew. Also done at midnight and when the program comes to the front.
    Q_INVOKABLE void refreshSections();

 signals:
    void countChanged();
    void searchTextChanged();
    void currentChatChanged();
    void undoChanged();

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::ui
