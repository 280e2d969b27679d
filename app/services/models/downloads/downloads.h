// All downloads of this window: a few at once, the rest in their order. Lives in the network thread; tells of what
// changed at most ten times a second, whatever the speed. Does not know the store.
#pragma once

#include "app/services/models/downloads/bandwidth_limit.h"
#include "app/services/models/downloads/download_job.h"

#include <deque>
#include <functional>
#include <memory>
#include <QObject>
#include <QTimer>

namespace lares::app {

/// What others are told; called in the network thread.
struct DownloadSinks {
    std::function<void(const QList<DownloadItem>&)> changed;  ///< the items that did
    std::function<void(qint64 id, int position, const std::vector<storage::DownloadBlockRow>&)> keepBlocks;
};

class Downloads : public QObject {
    Q_OBJECT

 public:
    Downloads(NetworkGate& gate, DownloadOptions options, DownloadSinks sinks, QObject* parent = nullptr);
    ~Downloads() override;

    /// Goes on where the journal says; waits for its turn. One that is known is begun again after a pause or a failure.
    void start(const DownloadTask& task, const DownloadJournal& journal);
    void pause(qint64 id);
    /// Forgets it; what is not complete is taken from the disk.
    void discard(const DownloadTask& task);
    void setRate(qint64 bytesPerSecond) { m_limit.setRate(bytesPerSecond); }  ///< of all together; 0: no limit

 private:
    struct Entry {
        std::unique_ptr<DownloadJob> job;
        DownloadItem told;
        std::deque<std::pair<qint64, qint64>> samples;  ///< ms and bytes, of the last seconds
        bool begun = false;
    };
    Entry* find(qint64 id);
    void startNext();
    void tell();
    DownloadItem itemOf(Entry& entry);

    NetworkGate& m_gate;
    const DownloadOptions m_options;
    const DownloadSinks m_sinks;
    BandwidthLimit m_limit;
    std::vector<Entry> m_entries;  ///< in their order
    QTimer m_ticks;
    QElapsedTimer m_clock;
};

}  // namespace lares::app
