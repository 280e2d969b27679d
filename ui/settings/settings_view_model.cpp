#include "ui/settings/settings_view_model.h"

#include "app/services/models/model_service.h"
#include "app/services/settings/settings_service.h"
#include "ui/settings/device_list_model.h"
#include "ui/settings/setting_texts.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace lares::ui {
namespace {

DeviceListModel::Device toDevice(const app::DeviceItem& item) {
    const QLocale locale;
    QStringList detail;
    if (item.kind == QLatin1String("discrete")) {
        detail += SettingsViewModel::tr("Graphics card");
    } else if (item.kind == QLatin1String("integrated")) {
        detail += SettingsViewModel::tr("Graphics in the processor");
    } else if (item.kind == QLatin1String("software")) {
        detail += SettingsViewModel::tr("Software, on the processor");
    } else if (item.kind == QLatin1String("cpu")) {
        detail += SettingsViewModel::tr("Processor");
    } else {
        detail += SettingsViewModel::tr("Virtual");
    }
    if (item.memoryFreeBytes >= 0) {
        detail += SettingsViewModel::tr("%1 of %2 free")
                      .arg(locale.formattedDataSize(item.memoryFreeBytes, 1, QLocale::DataSizeSIFormat),
                           locale.formattedDataSize(item.memoryTotalBytes, 1, QLocale::DataSizeSIFormat));
    } else if (item.memoryTotalBytes > 0) {
        detail += locale.formattedDataSize(item.memoryTotalBytes, 1, QLocale::DataSizeSIFormat);
    }
    if (!item.driver.isEmpty()) detail += item.driver;
    return {item.id, item.name, detail.join(QStringLiteral(", ")), item.verdict, item.usable, item.chosen};
}

}  // namespace

struct SettingsViewModel::Private {
    Private(SettingsViewModel& model, app::SettingsService& settingsService, app::ModelService& modelService)
        : self(model), settings(settingsService), models(modelService) {}

    SettingsViewModel& self;
    app::SettingsService& settings;
    app::ModelService& models;
    DeviceListModel devices;
    bool devicesAskedFor = false;
    QVector<SettingText> rows = settingTexts();

    int rowOf(const QString& key) const {
        const auto found =
            std::find_if(rows.cbegin(), rows.cend(), [&](const SettingText& row) { return row.key == key; });
        return found == rows.cend() ? -1 : int(found - rows.cbegin());
    }

    int choice(const SettingText& row) const { return int(row.choices.indexOf(settings.value(row.key).toString())); }
    int choiceOf(const QString& key) const { return choice(rows[rowOf(key)]); }

    QVariant shownValue(const SettingText& row) const {
        return row.editor == Choice ? QVariant(choice(row)) : settings.value(row.key);
    }

    // Devices are the choices of one setting: automatic, then each usable one, then one that was set and is not here.
    void takeDevices() {
        QVector<DeviceListModel::Device> all;
        SettingText& row = rows[rowOf(app::setting::kDevice)];
        row.choices = {QStringLiteral("auto")};
        row.choiceTexts = {tr("Automatic")};
        for (const app::DeviceItem& item : models.devices()) {
            all += toDevice(item);
            if (!item.usable) continue;
            row.choices += item.id;
            row.choiceTexts += item.name;
        }
        const QString set = settings.value(row.key).toString();
        if (!row.choices.contains(set)) {
            row.choices += set;
            row.choiceTexts += set == QLatin1String("vulkan") ? tr("Any graphics card") : tr("%1 (not here)").arg(set);
        }
        devices.setDevices(all);
        tell(rowOf(row.key));
    }

    void tell(int row) const {
        if (row >= 0) emit self.dataChanged(self.index(row), self.index(row), {ValueRole, ChangedRole, ChoicesRole});
    }
};

SettingsViewModel::SettingsViewModel(app::SettingsService& settings, app::ModelService& models, QObject* parent)
    : QAbstractListModel(parent), d(new Private(*this, settings, models)) {
    connect(&settings, &app::SettingsService::changed, this, [this](const QString& key) {
        if (key == app::setting::kDevice) d->takeDevices();
        d->tell(d->rowOf(key));
        if (key == app::setting::kTheme) emit appearanceChanged();
        if (key == app::setting::kReducedMotion) emit motionChanged();
    });
    connect(&models, &app::ModelService::devicesChanged, this, [this] { d->takeDevices(); });
    d->takeDevices();
}

SettingsViewModel::~SettingsViewModel() = default;

int SettingsViewModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(d->rows.size());
}

QHash<int, QByteArray> SettingsViewModel::roleNames() const {
    return {{KeyRole, "key"},       {PageRole, "page"},       {NameRole, "name"},       {EffectRole, "effect"},
            {EditorRole, "editor"}, {ValueRole, "value"},     {MinimumRole, "minimum"}, {MaximumRole, "maximum"},
            {StepRole, "step"},     {ChoicesRole, "choices"}, {ChangedRole, "changed"}};
}

QVariant SettingsViewModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const SettingText& row = d->rows[index.row()];
    switch (role) {
        case KeyRole:
            return row.key;
        case PageRole:
            return QVariant::fromValue(row.page);
        case Qt::DisplayRole:
        case NameRole:
            return row.name;
        case EffectRole:
            return row.effect;
        case EditorRole:
            return QVariant::fromValue(row.editor);
        case ValueRole:
            return d->shownValue(row);
        case MinimumRole:
            return d->settings.spec(row.key).minimum;
        case MaximumRole:
            return d->settings.spec(row.key).maximum;
        case StepRole:
            return row.step;
        case ChoicesRole:
            return row.choiceTexts;
        case ChangedRole:
            return !d->settings.isStandard(row.key);
        default:
            return {};
    }
}

SettingsViewModel::Appearance SettingsViewModel::appearance() const {
    return Appearance(d->choiceOf(app::setting::kTheme));
}

void SettingsViewModel::setAppearance(Appearance appearance) {
    setValue(app::setting::kTheme, int(appearance));
}

SettingsViewModel::Motion SettingsViewModel::motion() const {
    return Motion(d->choiceOf(app::setting::kReducedMotion));
}

QAbstractListModel* SettingsViewModel::devices() {
    if (!std::exchange(d->devicesAskedFor, true)) d->models.refreshDevices();
    return &d->devices;
}

QString SettingsViewModel::version() const {
    return QCoreApplication::applicationVersion();
}

QString SettingsViewModel::licences() const {
    return licencesText();
}

void SettingsViewModel::setValue(const QString& key, const QVariant& value) {
    const int at = d->rowOf(key);
    if (at < 0) return;
    const SettingText& row = d->rows[at];
    const app::SettingSpec& spec = d->settings.spec(key);
    bool taken = false;
    switch (row.editor) {
        case Choice: {
            const int index = value.toInt();
            taken = index >= 0 && index < row.choices.size() && d->settings.setValue(key, row.choices[index]);
            break;
        }
        case Number:
            taken = d->settings.setValue(key, int(qBound(spec.minimum, value.toDouble(), spec.maximum)));
            break;
        case Decimal:
            taken = d->settings.setValue(key, qBound(spec.minimum, value.toDouble(), spec.maximum));
            break;
        case Line:
        case Paragraph:
            taken = d->settings.setValue(key, value.toString());
            break;
    }
    if (!taken) d->tell(at);  // the control shows what holds, not what was refused
}

void SettingsViewModel::reset(const QString& key) {
    if (d->rowOf(key) >= 0) d->settings.reset(key);
}

void SettingsViewModel::resetPage(Page page) {
    for (const SettingText& row : d->rows) {
        if (row.page == page) d->settings.reset(row.key);
    }
}

}  // namespace lares::ui
