#include "app/services/models/downloads/download_service.h"

#include <algorithm>
#include <QDateTime>
#include <QDir>

namespace lares::app {

namespace {

storage::DownloadRow toRow(const DownloadTask& task) {
    storage::DownloadRow row;
    row.repository = task.repository.toStdString();
    row.revision = task.revision.toStdString();
    row.name = task.name.toStdString();
    row.folder = task.folder.toStdString();
    row.createdAtMs = QDateTime::currentMSecsSinceEpoch();
    for (const DownloadFile& file : task.files) {
        row.files.push_back({file.path.toStdString(), file.sizeBytes, file.sha256.toStdString()});
    }
    return row;
}

DownloadTask toTask(const storage::DownloadRow& row) {
    DownloadTask task;
    task.id = row.id;
    task.repository = QString::fromStdString(row.repository);
    task.revision = QString::fromStdString(row.revision);
    task.name = QString::fromStdString(row.name);
    task.folder = QString::fromStdString(row.folder);
    for (const storage::DownloadFileRow& file : row.files) {
        task.files += {QString::fromStdString(file.path), file.sizeBytes, QString::fromStdString(file.sha256)};
    }
    return task;
}

QString pathOf(const DownloadTask& task) {
    return QDir(task.folder).filePath(task.files.first().path);
}

}  // namespace

DownloadService::DownloadService(StoreThread& store, NetworkThread& network, QObject* parent)
    : QObject(parent), m_store(store), m_network(network) {}

DownloadSinks DownloadService::sinks() {
    DownloadSinks sinks;
    sinks.changed = [this](const QList<DownloadItem>& items) {
        QMetaObject::invokeMethod(
            this, [this, items] { take(items); }, Qt::QueuedConnection);
    };
    sinks.keepBlocks = [this](qint64 id, int position, const std::vector<storage::DownloadBlockRow>& blocks) {
        const auto write = [id, position, blocks](storage::Stores& stores) {
            stores.downloads.putBlocks(id, position, blocks);
        };
        m_store.ask(
            this, write, [] {}, tellFailure());
    };
    return sinks;
}

FailureHandler DownloadService::tellFailure() {
    return [this](const Failure& failure) { emit failed(failure.sentence); };
}

void DownloadService::restore() {
    const auto read = [](storage::Stores& stores) {
        const std::vector<storage::DownloadRow> rows = stores.downloads.list();
        for (const storage::DownloadRow& row : rows) {
            if (row.state == storage::DownloadState::ready) stores.downloads.remove(row.id);
        }
        return rows;
    };
    const auto show = [this](const std::vector<storage::DownloadRow>& rows) {
        for (const storage::DownloadRow& row : rows) {
            if (row.state == storage::DownloadState::ready || m_tasks.contains(row.id)) continue;
            const bool hasFailed = row.state == storage::DownloadState::failed;
            this->show(toTask(row), hasFailed ? DownloadPhase::failed : DownloadPhase::paused,
                       QString::fromStdString(row.failure));
        }
        emit changed(m_items);
    };
    m_store.ask(this, read, show, tellFailure());
}

void DownloadService::show(const DownloadTask& task, DownloadPhase phase, const QString& sentence) {
    m_tasks.insert(task.id, task);
    DownloadItem item;
    item.id = task.id;
    item.repository = task.repository;
    item.name = task.name;
    item.path = pathOf(task);
    item.totalBytes = task.totalBytes();
    item.phase = phase;
    item.sentence = sentence;
    m_items += item;
}

const DownloadTask* DownloadService::task(qint64 id) const {
    const auto found = m_tasks.constFind(id);
    return found == m_tasks.constEnd() ? nullptr : &*found;
}

DownloadItem* DownloadService::find(qint64 id) {
    const auto found = std::find_if(m_items.begin(), m_items.end(), [&](const DownloadItem& i) { return i.id == id; });
    return found == m_items.end() ? nullptr : &*found;
}

void DownloadService::begin(const DownloadTask& task) {
    for (const DownloadTask& known : std::as_const(m_tasks)) {
        const DownloadItem* const item = find(known.id);
        const bool same = known.files == task.files && known.revision == task.revision && known.folder == task.folder;
        if (!same || item == nullptr || item->phase == DownloadPhase::ready) continue;
        emit begun(known.id);
        return resume(known.id);
    }
    const auto add = [row = toRow(task)](storage::Stores& stores) { return stores.downloads.add(row); };
    const auto added = [this, task](std::int64_t id) {
        DownloadTask numbered = task;
        numbered.id = id;
        show(numbered, DownloadPhase::waiting, {});
        emit changed(m_items);
        emit begun(id);
        m_network.ask(
            this, [numbered](Network& network) { network.downloads.start(numbered, {}); }, [] {});
    };
    m_store.ask(this, add, added, tellFailure());
}

void DownloadService::resume(qint64 id) {
    const DownloadTask* const known = task(id);
    DownloadItem* const item = find(id);
    if (known == nullptr || item == nullptr) return;
    if (item->phase == DownloadPhase::paused || item->phase == DownloadPhase::failed) {
        item->phase = DownloadPhase::waiting;
        item->sentence.clear();
        emit changed(m_items);
    }
    const auto read = [id, count = int(known->files.size())](storage::Stores& stores) {
        stores.downloads.setState(id, storage::DownloadState::open);
        DownloadJournal journal;
        for (int i = 0; i < count; ++i) journal.push_back(stores.downloads.blocks(id, i));
        return journal;
    };
    const auto start = [this, copy = *known](DownloadJournal journal) {
        m_network.ask(
            this, [copy, journal = std::move(journal)](Network& network) { network.downloads.start(copy, journal); },
            [] {});
    };
    m_store.ask(this, read, start, tellFailure());
}

void DownloadService::pause(qint64 id) {
    m_network.ask(
        this, [id](Network& network) { network.downloads.pause(id); }, [] {});
}

void DownloadService::remove(qint64 id) {
    const DownloadTask* const known = task(id);
    if (known == nullptr) return;
    const DownloadItem* const item = find(id);
    if (item != nullptr && item->phase != DownloadPhase::ready) {
        m_network.ask(
            this, [copy = *known](Network& network) { network.downloads.discard(copy); }, [] {});
    }
    m_store.ask(
        this, [id](storage::Stores& stores) { stores.downloads.remove(id); }, [] {}, tellFailure());
    m_tasks.remove(id);
    m_items.erase(std::remove_if(m_items.begin(), m_items.end(), [id](const DownloadItem& i) { return i.id == id; }),
                  m_items.end());
    emit changed(m_items);
}

void DownloadService::take(const QList<DownloadItem>& changes) {
    for (const DownloadItem& change : changes) {
        DownloadItem* const item = find(change.id);
        if (item == nullptr) continue;  // taken away in the meantime
        const DownloadPhase before = item->phase;
        *item = change;
        if (change.phase == before && change.phase != DownloadPhase::failed) continue;
        if (change.phase == DownloadPhase::ready) takeReady(change);
        const bool failedNow = change.phase == DownloadPhase::failed;
        if (!failedNow && change.phase != DownloadPhase::paused) continue;
        const auto state = failedNow ? storage::DownloadState::failed : storage::DownloadState::paused;
        const auto keep = [id = change.id, state, sentence = change.sentence.toStdString()](storage::Stores& stores) {
            stores.downloads.setState(id, state, sentence);
        };
        m_store.ask(
            this, keep, [] {}, tellFailure());
    }
    emit changed(m_items);
}

void DownloadService::takeReady(const DownloadItem& item) {
    const DownloadTask known = m_tasks.value(item.id);
    const auto keep = [known](storage::Stores& stores) {
        stores.database.inTransaction([&] {
            for (const DownloadFile& file : known.files) {
                stores.origins.put({.path = QDir(known.folder).filePath(file.path).toStdString(),
                                    .repository = known.repository.toStdString(),
                                    .revision = known.revision.toStdString(),
                                    .file = file.path.toStdString(),
                                    .sha256 = file.sha256.toStdString(),
                                    .program = {}});
            }
            stores.downloads.forgetBlocks(known.id);
            stores.downloads.setState(known.id, storage::DownloadState::ready);
        });
    };
    m_store.ask(
        this, keep, [this, known, path = item.path] { emit ready(known, path); }, tellFailure());
}

}  // namespace lares::app
