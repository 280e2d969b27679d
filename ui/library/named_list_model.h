// Rows of a name and a note, each with an id: folders, assistants, saved prompts, chats in the trash.
#pragma once

#include <QAbstractListModel>
#include <QQmlEngine>

namespace lares::ui {

struct NamedRow {
    qint64 id = 0;
    QString name;
    QString note;
    bool operator==(const NamedRow&) const = default;
};

class NamedListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to LibraryViewModel")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

 public:
    enum Role {
        ItemIdRole = Qt::UserRole + 1,  ///< itemId: double
        NameRole,                       ///< name
        NoteRole,                       ///< note
    };
    Q_ENUM(Role)

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;
    int count() const { return int(m_rows.size()); }
    const QList<NamedRow>& rows() const { return m_rows; }
    void show(const QList<NamedRow>& rows);

 signals:
    void countChanged();

 private:
    QList<NamedRow> m_rows;
};

}  // namespace lares::ui
