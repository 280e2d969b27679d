#include "ui/library/named_list_model.h"

namespace lares::ui {

int NamedListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : count();
}

QHash<int, QByteArray> NamedListModel::roleNames() const {
    return {{ItemIdRole, "itemId"}, {NameRole, "name"}, {NoteRole, "note"}};
}

QVariant NamedListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const NamedRow& row = m_rows[index.row()];
    switch (role) {
        case ItemIdRole:
            return double(row.id);
        case Qt::DisplayRole:
        case NameRole:
            return row.name;
        case NoteRole:
            return row.note;
        default:
            return {};
    }
}

void NamedListModel::show(const QList<NamedRow>& rows) {
    if (rows == m_rows) return;
    beginResetModel();
    m_rows = rows;
    endResetModel();
    emit countChanged();
}

}  // namespace lares::ui
