#include "app/services/models/model_service.h"

#include "app/services/settings/settings_service.h"

#include <algorithm>
#include <QDateTime>
#include <QFileInfo>
#include <stop_token>

namespace lares::app {

namespace {

constexpr int kProgressSteps = 200;  // progressChanged comes at most this often in one load

struct Loaded {
    std::optional<inference::ModelInfo> model;  ///< none: stopped
    qint64 contextLength = 0;
    QList<DeviceItem> devices;
};

QList<DeviceItem> devicesOf(inference::Engine& engine) {
    QList<DeviceItem> items;
    for (const inference::DeviceReport& report : engine.devices()) items += toItem(report);
    return items;
}

ModelItem toItem(const storage::ModelRow& row) {
    ModelItem item;
    item.path = QString::fromStdString(row.path);
    item.name = QString::fromStdString(row.name);
    item.architecture = QString::fromStdString(row.architecture);
    item.quantisation = QString::fromStdString(row.quantisation);
    item.sizeBytes = row.sizeBytes;
    item.parameterCount = row.parameterCount;
    item.contextLength = row.contextLength;
    item.usedAtMs = row.usedAtMs;
    item.missing = !QFileInfo::exists(item.path);
    return item;
}

QList<ModelItem> modelsOf(storage::Stores& stores) {
    QList<ModelItem> items;
    for (const storage::ModelRow& row : stores.models.list()) items += toItem(row);
    return items;
}

storage::ModelRow toRow(const inference::ModelInfo& info, const QString& path, qint64 nowMs) {
    storage::ModelRow row;
    row.path = path.toStdString();
    row.name = info.name;
    row.architecture = info.architecture;
    row.quantisation = info.quantisation;
    row.sizeBytes = static_cast<std::int64_t>(info.fileBytes);
    row.parameterCount = static_cast<std::int64_t>(info.parameterCount);
    row.contextLength = info.contextLength;
    row.addedAtMs = nowMs;
    row.usedAtMs = nowMs;
    return row;
}

}  // namespace

DeviceItem toItem(const inference::DeviceReport& report) {
    DeviceItem item;
    item.id = QString::fromStdString(report.id);
    item.name = QString::fromStdString(report.name);
    item.kind = QString::fromStdString(report.kind);
    item.driver = QString::fromStdString(report.driver);
    item.memoryTotalBytes = qint64(report.memoryTotalBytes);
    item.memoryFreeBytes = report.memoryFreeBytes ? qint64(*report.memoryFreeBytes) : -1;
    item.usable = report.usable;
    item.chosen = report.chosen;
    item.verdict = QString::fromStdString(report.verdict);
    return item;
}

struct ModelService::Private {
    FailureHandler tellFailure() {
        return [this](const Failure& why) { emit q.failed(why.sentence); };
    }

    /// The engine for the device of the moment, from the next work on.
    void remakeEngine() {
        inference.replace([make = makeEngine, wanted = q.engineOptions()] { return make(wanted); });
    }

    void setState(ModelState wanted) {
        state = wanted;
        if (state != ModelState::loading) progress = 0;
        if (state != ModelState::ready) contextLength = 0;
        if (state != ModelState::ready && state != ModelState::loading) current = {};
        if (state != ModelState::failed) failure.clear();
        emit q.stateChanged(state);
    }

    void setModels(const QList<ModelItem>& rows) {
        models = rows;
        emit q.modelsChanged(models);
    }

    void setDevices(const QList<DeviceItem>& rows) {
        devices = rows;
        emit q.devicesChanged(devices);
    }

    void load(QString path);  ///< by value: it may be that of the current model, which changes
    void take(const QString& path, const Loaded& loaded);
    void remember(const QString& path, const inference::ModelInfo& info);

    ModelService& q;
    StoreThread& store;
    InferenceThread& inference;
    SettingsService& settings;
    EngineFactory makeEngine;
    inference::EngineOptions options;
    QString fixedDevice;

    QList<ModelItem> models;
    QList<DeviceItem> devices;
    DeviceItem device = {};
    ModelItem current = {};
    ModelState state = ModelState::none;
    double progress = 0;
    qint64 contextLength = 0;
    QString failure = {};
    std::stop_source stop = {};  ///< of the load under way
    quint64 lastLoad = 0;        ///< results of an earlier one come too late
};

void ModelService::Private::load(QString path) {
    stop.request_stop();
    stop = {};
    const quint64 id = ++lastLoad;
    const auto known = std::find_if(models.cbegin(), models.cend(), [&](const ModelItem& m) { return m.path == path; });
    current = known != models.cend() ? *known : ModelItem{};
    current.path = path;
    if (current.name.isEmpty()) current.name = QFileInfo(path).completeBaseName();
    progress = 0;
    setState(ModelState::loading);

    const auto tellProgress = [this, id, step = 0](const inference::LoadProgress& done) mutable {
        const double part = done.bytesTotal == 0 ? 0 : double(done.bytesDone) / double(done.bytesTotal);
        if (int(part * kProgressSteps) <= std::exchange(step, int(part * kProgressSteps))) return;
        QMetaObject::invokeMethod(
            &q,
            [this, id, part] {
                if (id != lastLoad || state != ModelState::loading) return;
                progress = part;
                emit q.progressChanged(part);
            },
            Qt::QueuedConnection);
    };
    const auto work = [request = q.loadRequest(path), tellProgress,
                       token = stop.get_token()](inference::Engine& engine) -> Loaded {
        if (token.stop_requested()) return {};
        const std::optional<inference::ModelInfo> model = engine.load(request, tellProgress, token);
        if (!model) return {};
        return {model, qint64(engine.contextLength()), devicesOf(engine)};
    };
    const auto loaded = [this, id, path](const Loaded& result) {
        if (id == lastLoad) take(path, result);
    };
    inference.ask(&q, work, loaded, [this, id](const Failure& why) {
        if (id != lastLoad) return;
        failure = why.sentence;
        setState(ModelState::failed);
    });
}

void ModelService::Private::take(const QString& path, const Loaded& loaded) {
    if (!loaded.model) {
        setState(ModelState::none);
        return;
    }
    contextLength = loaded.contextLength;
    const auto chosen =
        std::find_if(loaded.devices.cbegin(), loaded.devices.cend(), [](const auto& d) { return d.chosen; });
    device = chosen != loaded.devices.cend() ? *chosen : DeviceItem{};
    remember(path, *loaded.model);
    setState(ModelState::ready);
    setDevices(loaded.devices);
}

void ModelService::Private::remember(const QString& path, const inference::ModelInfo& info) {
    const storage::ModelRow row = toRow(info, path, QDateTime::currentMSecsSinceEpoch());
    current = toItem(row);
    settings.setValue(setting::kLastModel, path);
    const auto write = [row](storage::Stores& stores) {
        stores.database.inTransaction([&] {
            stores.models.put(row);
            stores.models.markUsed(row.path, row.usedAtMs);
        });
        return modelsOf(stores);
    };
    store.ask(
        &q, write, [this](const QList<ModelItem>& rows) { setModels(rows); }, tellFailure());
}

ModelService::ModelService(StoreThread& store, InferenceThread& inference, SettingsService& settings,
                           EngineFactory makeEngine, inference::EngineOptions options, QString device, QObject* parent)
    : QObject(parent),
      d(new Private{
          *this, store, inference, settings, std::move(makeEngine), std::move(options), std::move(device), {}, {}}) {
    d->remakeEngine();
    connect(&settings, &SettingsService::changed, this, [this](const QString& key) {
        const bool otherDevice = key == setting::kDevice && d->fixedDevice.isEmpty();
        if (otherDevice) d->remakeEngine();
        if (!otherDevice && key != setting::kContextLength) return;
        if (!d->current.path.isEmpty()) d->load(d->current.path);
        if (otherDevice) refreshDevices();
    });
}

ModelService::~ModelService() = default;

void ModelService::listModels() {
    d->store.ask(
        this, modelsOf, [this](const QList<ModelItem>& rows) { d->setModels(rows); }, d->tellFailure());
}

const QList<ModelItem>& ModelService::models() const {
    return d->models;
}

void ModelService::addFile(const QString& path) {
    const QString absolute = QFileInfo(path).absoluteFilePath();
    const auto inspect = [absolute](inference::Engine& engine) { return engine.inspect(absolute.toStdString()); };
    const auto put = [this, absolute](const inference::ModelInfo& info) {
        storage::ModelRow row = toRow(info, absolute, QDateTime::currentMSecsSinceEpoch());
        row.usedAtMs = 0;
        const auto write = [row](storage::Stores& stores) {
            stores.models.put(row);
            return modelsOf(stores);
        };
        d->store.ask(
            this, write, [this](const QList<ModelItem>& rows) { d->setModels(rows); }, d->tellFailure());
    };
    d->inference.ask(this, inspect, put, d->tellFailure());
}

void ModelService::removeFile(const QString& path) {
    const auto forget = [key = path.toStdString()](storage::Stores& stores) {
        stores.models.remove(key);
        return modelsOf(stores);
    };
    d->store.ask(
        this, forget, [this](const QList<ModelItem>& rows) { d->setModels(rows); }, d->tellFailure());
}

void ModelService::select(const QString& path) {
    d->load(QFileInfo(path).absoluteFilePath());
}

void ModelService::selectLastUsed() {
    const QString path = d->settings.value(setting::kLastModel).toString();
    if (!path.isEmpty()) d->load(path);
}

void ModelService::cancelLoading() {
    d->stop.request_stop();
}

void ModelService::unload() {
    d->stop.request_stop();
    ++d->lastLoad;
    d->inference.ask(
        this, [](inference::Engine& engine) { engine.unload(); }, [] {}, d->tellFailure());
    d->setState(ModelState::none);
}

void ModelService::verify() {
    const auto lost = [this, id = d->lastLoad](bool loaded) {
        if (loaded || id != d->lastLoad || d->state != ModelState::ready) return;
        d->failure = tr("The model had to be let go after a fault of the device. Choose it again to go on.");
        d->setState(ModelState::failed);
    };
    d->inference.ask(
        this, [](inference::Engine& engine) { return engine.loaded().has_value(); }, lost);
}

void ModelService::requestStop() {
    d->stop.request_stop();
}

ModelState ModelService::state() const {
    return d->state;
}

double ModelService::progress() const {
    return d->progress;
}

const QString& ModelService::failure() const {
    return d->failure;
}

const ModelItem& ModelService::current() const {
    return d->current;
}

qint64 ModelService::contextLength() const {
    return d->contextLength;
}

const DeviceItem& ModelService::device() const {
    return d->device;
}

bool ModelService::isOnProcessor() const {
    return d->device.kind == QLatin1String("software") || d->device.kind == QLatin1String("cpu");
}

inference::EngineOptions ModelService::engineOptions() const {
    inference::EngineOptions options = d->options;
    const QString set = d->settings.value(setting::kDevice).toString();
    options.device = (d->fixedDevice.isEmpty() ? set : d->fixedDevice).toStdString();
    return options;
}

inference::LoadRequest ModelService::loadRequest(const QString& path) const {
    inference::LoadRequest request;
    request.path = path.toStdString();
    request.contextLength = static_cast<std::uint32_t>(d->settings.value(setting::kContextLength).toInt());
    return request;
}

void ModelService::refreshDevices() {
    d->inference.ask(
        this, devicesOf, [this](const QList<DeviceItem>& rows) { d->setDevices(rows); }, d->tellFailure());
}

const QList<DeviceItem>& ModelService::devices() const {
    return d->devices;
}

}  // namespace lares::app
