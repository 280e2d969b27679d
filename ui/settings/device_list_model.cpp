#include "ui/settings/device_list_model.h"

namespace lares::ui {

int DeviceListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_devices.size());
}

QHash<int, QByteArray> DeviceListModel::roleNames() const {
    return {{DeviceIdRole, "deviceId"}, {NameRole, "name"},     {DetailRole, "detail"},
            {VerdictRole, "verdict"},   {UsableRole, "usable"}, {ChosenRole, "chosen"}};
}

QVariant DeviceListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Device& device = m_devices[index.row()];
    switch (role) {
        case DeviceIdRole:
            return device.id;
        case Qt::DisplayRole:
        case NameRole:
            return device.name;
        case DetailRole:
            return device.detail;
        case VerdictRole:
            return device.verdict;
        case UsableRole:
            return device.usable;
        case ChosenRole:
            return device.chosen;
        default:
            return {};
    }
}

void DeviceListModel::setDevices(const QVector<Device>& devices) {
    if (devices == m_devices) return;
    beginResetModel();
    m_devices = devices;
    endResetModel();
}

}  // namespace lares::ui
