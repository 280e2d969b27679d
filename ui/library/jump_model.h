// Ctrl+K: whatever has the words typed. Actions and chats by their names, then messages; with nothing typed the chats
// used last.
#pragma once

#include <QAbstractListModel>
#include <QQmlEngine>

#include <memory>

namespace lares::app {
class ChatService;
}

namespace lares::ui {

class JumpModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged FINAL)

 public:
    enum Kind { Action, Chat, Message };
    Q_ENUM(Kind)
    enum Role {
        KindRole = Qt::UserRole + 1,  ///< kind: Kind
        NameRole,                     ///< name: title, or what the action does
        NoteRole,                     ///< note: keys, or the snippet
        ChatIdRole,                   ///< chatId: double
        MessageIdRole,                ///< messageId: double
        ActionRole,                   ///< verb: ShortcutList::Action
    };
    Q_ENUM(Role)

    explicit JumpModel(app::ChatService& chats, QObject* parent = nullptr);
    ~JumpModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;
    int count() const { return rowCount(); }
    QString text() const;
    void setText(const QString& text);

 signals:
    void countChanged();
    void textChanged();

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::ui
