#include "app/services/models/downloads/downloads.h"

#include <algorithm>
#include <QDir>

namespace lares::app {

namespace {

constexpr int kTickMs = 100;
constexpr qint64 kSpeedOverMs = 4000;

bool isOver(DownloadPhase phase) {
    return phase == DownloadPhase::paused || phase == DownloadPhase::failed || phase == DownloadPhase::ready;
}

}  // namespace

Downloads::Downloads(NetworkGate& gate, DownloadOptions options, DownloadSinks sinks, QObject* parent)
    : QObject(parent), m_gate(gate), m_options(options), m_sinks(std::move(sinks)) {
    m_clock.start();
    m_ticks.setInterval(kTickMs);
    connect(&m_ticks, &QTimer::timeout, this, &Downloads::tell);
}

Downloads::~Downloads() {
    for (Entry& entry : m_entries) {
        if (entry.begun && !isOver(entry.job->phase())) entry.job->pause();  // enters what was fetched
    }
}

Downloads::Entry* Downloads::find(qint64 id) {
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const Entry& entry) { return entry.job->task().id == id; });
    return found == m_entries.end() ? nullptr : &*found;
}

void Downloads::start(const DownloadTask& task, const DownloadJournal& journal) {
    if (const Entry* known = find(task.id)) {
        if (!isOver(known->job->phase())) return;
        std::erase_if(m_entries, [&](const Entry& entry) { return entry.job->task().id == task.id; });
    }
    Entry entry;
    entry.job = std::make_unique<DownloadJob>(m_gate, m_limit, m_options, task, journal);
    connect(entry.job.get(), &DownloadJob::blocksFinished, this,
            [this, id = task.id](int position, const std::vector<storage::DownloadBlockRow>& blocks) {
                m_sinks.keepBlocks(id, position, blocks);
            });
    m_entries.push_back(std::move(entry));
    m_ticks.start();
    startNext();
}

void Downloads::startNext() {
    auto busy = std::count_if(m_entries.begin(), m_entries.end(),
                              [](const Entry& entry) { return entry.begun && !isOver(entry.job->phase()); });
    for (Entry& entry : m_entries) {
        if (busy >= m_options.parallel) return;
        if (entry.begun || isOver(entry.job->phase())) continue;
        entry.begun = true;
        entry.job->start();
        ++busy;
    }
}

void Downloads::pause(qint64 id) {
    if (Entry* entry = find(id); entry != nullptr && !isOver(entry->job->phase())) entry->job->pause();
    m_ticks.start();
}

void Downloads::discard(const DownloadTask& task) {
    const Entry* const entry = find(task.id);
    if (entry != nullptr) {
        entry->job->discard();
        std::erase_if(m_entries, [&](const Entry& known) { return known.job->task().id == task.id; });
    } else {
        DownloadJob(m_gate, m_limit, m_options, task, {}).discard();
    }
    startNext();
}

DownloadItem Downloads::itemOf(Entry& entry) {
    const DownloadJob& job = *entry.job;
    DownloadItem item = entry.told;
    item.id = job.task().id;
    item.repository = job.task().repository;
    item.name = job.task().name;
    item.path = QDir(job.task().folder).filePath(job.task().files.first().path);
    item.totalBytes = job.task().totalBytes();
    item.phase = job.phase();
    item.sentence = job.sentence();
    if (item.phase == DownloadPhase::ready) item.doneBytes = item.totalBytes;
    const bool knows = item.phase == DownloadPhase::fetching || item.phase == DownloadPhase::retrying ||
                       item.phase == DownloadPhase::verifying;
    if (knows) item.doneBytes = job.doneBytes();
    item.bytesPerSecond = 0;
    item.secondsLeft = -1;
    if (item.phase != DownloadPhase::fetching) {
        entry.samples.clear();
        return item;
    }
    const qint64 nowMs = m_clock.elapsed();
    entry.samples.emplace_back(nowMs, item.doneBytes);
    while (nowMs - entry.samples.front().first > kSpeedOverMs) entry.samples.pop_front();
    const auto [thenMs, thenBytes] = entry.samples.front();
    if (nowMs - thenMs < 500) return item;
    item.bytesPerSecond = std::max<qint64>(0, (item.doneBytes - thenBytes) * 1000 / (nowMs - thenMs));
    if (item.bytesPerSecond > 0) item.secondsLeft = (item.totalBytes - item.doneBytes) / item.bytesPerSecond;
    return item;
}

void Downloads::tell() {
    startNext();
    QList<DownloadItem> changed;
    bool busy = false;
    for (Entry& entry : m_entries) {
        const DownloadItem item = itemOf(entry);
        busy = busy || !isOver(item.phase);
        if (item == entry.told) continue;
        entry.told = item;
        changed += item;
    }
    if (!changed.isEmpty()) m_sinks.changed(changed);
    if (!busy) m_ticks.stop();  // an idle program does nothing
}

}  // namespace lares::app
