#include "ui/models/model_picker_view_model.h"

#include "app/services/models/model_service.h"

#include <QFileInfo>
#include <QLocale>

namespace lares::ui {

struct ModelPickerViewModel::Private {
    ModelPickerViewModel& self;
    app::ModelService& models;
    QList<app::ModelItem> rows;
    QString error;

    void setRows(const QList<app::ModelItem>& wanted) {
        const auto path = [](const app::ModelItem& item) { return item.path; };
        const bool samePlaces = std::equal(rows.cbegin(), rows.cend(), wanted.cbegin(), wanted.cend(),
                                           [&](const auto& a, const auto& b) { return path(a) == path(b); });
        if (samePlaces) {
            rows = wanted;
            tellEach({});
            return;
        }
        self.beginResetModel();
        rows = wanted;
        self.endResetModel();
        emit self.countChanged();
    }

    void tellEach(const QVector<int>& roles) const {
        if (!rows.isEmpty()) emit self.dataChanged(self.index(0), self.index(int(rows.size()) - 1), roles);
    }

    void tellState() const {
        tellEach({CurrentRole});
        emit self.stateChanged();
    }

    void setError(const QString& sentence) {
        if (sentence == error) return;
        error = sentence;
        emit self.errorTextChanged();
    }

    bool isCurrent(const app::ModelItem& item) const { return item.path == models.current().path; }
};

namespace {

QString shownName(const app::ModelItem& item) {
    return item.name.isEmpty() ? QFileInfo(item.path).completeBaseName() : item.name;
}

QString sizeText(const app::ModelItem& item) {
    return item.sizeBytes > 0 ? QLocale().formattedDataSize(item.sizeBytes, 1, QLocale::DataSizeSIFormat) : QString();
}

QString detailText(const app::ModelItem& item) {
    if (item.missing) return ModelPickerViewModel::tr("The file is not where it was.");
    QStringList parts{item.architecture, item.quantisation, sizeText(item)};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

}  // namespace

ModelPickerViewModel::ModelPickerViewModel(app::ModelService& models, QObject* parent)
    : QAbstractListModel(parent), d(new Private{*this, models, models.models(), {}}) {
    using app::ModelService;
    connect(&models, &ModelService::modelsChanged, this,
            [this](const QList<app::ModelItem>& rows) { d->setRows(rows); });
    connect(&models, &ModelService::stateChanged, this, [this] {
        if (d->models.state() == app::ModelState::ready) d->setError({});
        d->tellState();
    });
    connect(&models, &ModelService::progressChanged, this, [this] { emit stateChanged(); });
    connect(&models, &ModelService::devicesChanged, this, [this] { emit stateChanged(); });
    connect(&models, &ModelService::failed, this, [this](const QString& sentence) { d->setError(sentence); });
    models.listModels();
}

ModelPickerViewModel::~ModelPickerViewModel() = default;

int ModelPickerViewModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(d->rows.size());
}

QHash<int, QByteArray> ModelPickerViewModel::roleNames() const {
    return {{NameRole, "name"},         {PathRole, "path"},     {QuantisationRole, "quantisation"},
            {SizeTextRole, "sizeText"}, {DetailRole, "detail"}, {MissingRole, "missing"},
            {CurrentRole, "current"}};
}

QVariant ModelPickerViewModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const app::ModelItem& item = d->rows[index.row()];
    switch (role) {
        case Qt::DisplayRole:
        case NameRole:
            return shownName(item);
        case PathRole:
            return item.path;
        case QuantisationRole:
            return item.quantisation;
        case SizeTextRole:
            return sizeText(item);
        case DetailRole:
            return detailText(item);
        case MissingRole:
            return item.missing;
        case CurrentRole:
            return d->isCurrent(item);
        default:
            return {};
    }
}

ModelPickerViewModel::State ModelPickerViewModel::state() const {
    switch (d->models.state()) {
        case app::ModelState::none:
            return NoModel;
        case app::ModelState::loading:
            return Loading;
        case app::ModelState::ready:
            return Ready;
        case app::ModelState::failed:
            return Failed;
    }
    Q_UNREACHABLE();
}

int ModelPickerViewModel::percent() const {
    return qBound(0, int(100 * d->models.progress()), 100);
}

QString ModelPickerViewModel::stateText() const {
    switch (state()) {
        case NoModel:
            return tr("No model is loaded");
        case Loading:
            return tr("Loading %1 %").arg(percent());
        case Ready:
            return tr("Ready");
        case Failed:
            return d->models.failure();
    }
    Q_UNREACHABLE();
}

QString ModelPickerViewModel::currentPath() const {
    return d->models.state() == app::ModelState::ready ? d->models.current().path : QString();
}

QString ModelPickerViewModel::currentName() const {
    const app::ModelItem& current = d->models.current();
    return current.path.isEmpty() ? tr("Choose a model") : shownName(current);
}

QString ModelPickerViewModel::deviceText() const {
    const app::DeviceItem& device = d->models.device();
    if (device.name.isEmpty()) return {};
    // "llvmpipe (LLVM 15.0.6, 256 bits)": what stands in brackets is no part of the name.
    QString name = device.name;
    if (const qsizetype bracket = name.indexOf(QStringLiteral(" (")); bracket > 0) name.truncate(bracket);
    return device.kind == QLatin1String("software") ? tr("%1 (software)", "a device").arg(name) : name;
}

bool ModelPickerViewModel::onProcessor() const {
    return d->models.isOnProcessor();
}

QString ModelPickerViewModel::errorText() const {
    return d->error;
}

void ModelPickerViewModel::select(const QString& path) {
    d->setError({});
    d->models.select(path);
}

void ModelPickerViewModel::openFile(const QUrl& file) {
    if (file.isLocalFile()) {
        select(file.toLocalFile());
    } else {
        d->setError(tr("Only files on this computer can be opened."));
    }
}

void ModelPickerViewModel::forget(const QString& path) {
    d->models.removeFile(path);
}

void ModelPickerViewModel::unload() {
    if (d->models.state() == app::ModelState::loading) {
        d->models.cancelLoading();
    } else {
        d->models.unload();
    }
}

void ModelPickerViewModel::dismissError() {
    d->setError({});
}

}  // namespace lares::ui
