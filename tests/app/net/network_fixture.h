// The network thread, the store and the downloads over a hub of our own, in a folder that is gone at the end.
#pragma once

#include "app/services/models/downloads/download_service.h"
#include "tests/support/local_hub.h"

#include <optional>
#include <QDirIterator>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace lares::test {

inline app::NetworkOptions quickOptions() {
    app::NetworkOptions options;
    options.gate.connectTimeoutMs = 3000;
    options.gate.silenceTimeoutMs = 300;
    options.downloads.blockBytes = 64 << 10;
    options.downloads.spareBytes = 0;
    options.downloads.retryMs = 5;
    options.downloads.longestRetryMs = 40;
    return options;
}

inline HubRepository smallModel(const QString& name, qint64 sizeBytes, quint64 seed = 1) {
    HubRepository repository;
    repository.name = QStringLiteral("owner/") + name;
    repository.files = {{name + QStringLiteral(".gguf"), sizeBytes, seed}};
    return repository;
}

struct NetworkFixture {
    explicit NetworkFixture(bool tls = false) : hub(tls) { open(); }
    ~NetworkFixture() { close(); }

    void open() {
        store.emplace(QStringLiteral("storage"), [path = folder.filePath(QStringLiteral("lares.db"))] {
            return std::make_unique<storage::Stores>(storage::Database::open(path.toStdString()));
        });
        policy.hub = hub.url();
        policy.proxy = QStringLiteral("none");
        network.emplace(QStringLiteral("network"), app::Maker<app::Network>());
        downloads.emplace(*store, *network);
        const auto log = [this](const storage::ConnectionRow& row) {
            store->ask(
                &*downloads, [row](storage::Stores& stores) { stores.connections.put(row); }, [] {});
        };
        network->replace([this, log, options = options, sinks = downloads->sinks(), policy = policy] {
            return std::make_unique<app::Network>(policy, log, options, sinks);
        });
    }
    void close() {
        if (!network) return;
        network->close();
        store->close();
        downloads.reset();
        network.reset();
        store.reset();
    }
    void restart() {
        close();
        open();
        downloads->restore();
    }
    void setPolicy(const app::NetworkPolicy& wanted) {
        policy = wanted;
        network->ask(
            &*downloads, [wanted](app::Network& n) { n.gate.setPolicy(wanted); }, [] {});
    }

    app::DownloadTask taskOf(const HubRepository& repository) const {
        app::DownloadTask task;
        task.repository = repository.name;
        task.revision = repository.commit;
        task.name = repository.name;
        task.folder = folder.filePath(QStringLiteral("models/") + repository.name);
        for (const HubFile& file : repository.files) {
            const QByteArray hash = file.sha256.isEmpty() ? LocalHub::hashOf(file) : file.sha256;
            task.files += {file.path, file.sizeBytes, QString::fromLatin1(hash)};
        }
        return task;
    }
    const app::DownloadItem& item(int index = 0) const { return downloads->items().at(index); }
    bool settled(int index = 0) const {
        if (downloads->items().size() <= index) return false;
        const app::DownloadPhase phase = item(index).phase;
        return phase == app::DownloadPhase::ready || phase == app::DownloadPhase::failed ||
               phase == app::DownloadPhase::paused;
    }
    [[nodiscard]] bool fetch(const HubRepository& repository, int timeoutMs = 20'000) {
        hub.add(repository);
        downloads->begin(taskOf(repository));
        const int index = int(downloads->items().size());
        return QTest::qWaitFor([&] { return settled(index); }, timeoutMs) &&
               item(index).phase == app::DownloadPhase::ready;
    }
    /// Whether the file that can be loaded is the hub's, byte for byte.
    bool isRight(const app::DownloadTask& task, int file = 0) const {
        QFile placed(task.folder + QLatin1Char('/') + task.files[file].path);
        if (!placed.open(QIODevice::ReadOnly)) return false;
        app::Sha256Hasher hasher;
        QByteArray bytes;
        while (!(bytes = placed.read(1 << 20)).isEmpty()) hasher.add(bytes.constData(), bytes.size());
        return app::toHex(hasher.result()) == task.files[file].sha256.toLatin1();
    }
    /// Names of what could be loaded: everything that ends in .gguf.
    QStringList loadable() const {
        QStringList names;
        QDirIterator files(folder.filePath(QStringLiteral("models")), {QStringLiteral("*.gguf")}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) names += QFileInfo(files.next()).fileName();
        names.sort();
        return names;
    }
    std::vector<storage::ConnectionRow> connections() const {
        storage::Stores stores(storage::Database::open(folder.filePath(QStringLiteral("lares.db")).toStdString()));
        return stores.connections.list();
    }

    LocalHub hub;
    QTemporaryDir folder;
    app::NetworkPolicy policy;
    app::NetworkOptions options = quickOptions();
    std::optional<app::StoreThread> store;
    std::optional<app::NetworkThread> network;
    std::optional<app::DownloadService> downloads;
};

}  // namespace lares::test
