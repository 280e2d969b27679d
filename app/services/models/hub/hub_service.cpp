#include "app/services/models/hub/hub_service.h"

#include <QDir>

namespace lares::app {

namespace {

constexpr int kRows = 50;

}  // namespace

HubService::HubService(NetworkThread& network, HubFilter filter, QObject* parent)
    : QObject(parent), m_network(network), m_filter(std::move(filter)) {}

HubCallback HubService::comingBack(const HubCallback& done) {
    return [this, done](const HubAnswer& answer) {
        QMetaObject::invokeMethod(
            this, [done, answer] { done(answer); }, Qt::QueuedConnection);
    };
}

void HubService::search(const QString& words, const HubCallback& done) {
    m_network.ask(
        this, [words, back = comingBack(done)](Network& network) { network.hub.search(words, kRows, back); }, [] {});
}

void HubService::files(const QString& repository, const QString& revision, const HubCallback& done) {
    m_network.ask(
        this,
        [repository, revision, back = comingBack(done)](Network& network) {
            network.hub.files(repository, revision, back);
        },
        [] {});
}

DownloadTask HubService::taskFor(const HubModel& model, const HubVariant& variant, const QString& modelsFolder) {
    DownloadTask task;
    task.repository = model.repository;
    task.revision = model.commit;
    const QString name = model.repository.section(QLatin1Char('/'), 1);
    task.name = variant.label.isEmpty() ? name : tr("%1, %2").arg(name, variant.label);
    task.folder = QDir(modelsFolder).filePath(model.repository);
    task.files = variant.files;
    return task;
}

}  // namespace lares::app
