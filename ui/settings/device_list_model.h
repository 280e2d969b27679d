// Compute devices with the verdict on each, for the settings page.
#pragma once

#include <QAbstractListModel>
#include <QQmlEngine>

namespace lares::app {
class ModelService;
}

namespace lares::ui {

class DeviceListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to SettingsViewModel")

 public:
    enum Role {
        DeviceIdRole = Qt::UserRole + 1,  ///< deviceId: "vulkan:0"
        NameRole,                         ///< name
        DetailRole,                       ///< detail: kind, memory, driver
        VerdictRole,                      ///< verdict: one sentence
        UsableRole,                       ///< usable
        ChosenRole,                       ///< chosen: taken by "automatic"
    };
    Q_ENUM(Role)

    struct Device {
        QString id, name, detail, verdict;
        bool usable = false, chosen = false;
        bool operator==(const Device&) const = default;
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setDevices(const QVector<Device>& devices);

 private:
    QVector<Device> m_devices;
};

}  // namespace lares::ui
