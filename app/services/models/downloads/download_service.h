// Downloads as the window and the terminal see them: begun, paused, gone on with, taken away; kept in the store, so
// that they outlive the program. After a start all of them are paused: nothing connects before a person says so. Lives
// in the GUI thread; the work is the network thread's.
#pragma once

#include "app/services/models/downloads/download_types.h"
#include "app/services/models/network_thread.h"
#include "app/services/threads/threads.h"

#include <QHash>
#include <QObject>

namespace lares::app {

class DownloadService : public QObject {
    Q_OBJECT

 public:
    DownloadService(StoreThread& store, NetworkThread& network, QObject* parent = nullptr);

    /// For whoever makes the network; they may be called from its thread and come back in this one.
    DownloadSinks sinks();

    void restore();  ///< what the store knows; answered by changed()
    /// Also one that failed or was paused, when files, commit and folder are the same.
    void begin(const DownloadTask& task);
    void pause(qint64 id);
    void resume(qint64 id);
    void remove(qint64 id);  ///< what is not complete is taken from the disk; a ready model stays

    const QList<DownloadItem>& items() const { return m_items; }  ///< oldest first
    const DownloadTask* task(qint64 id) const;

 signals:
    void begun(qint64 id);
    void changed(const QList<lares::app::DownloadItem>& items);
    /// Its files are in their places, each with the hash that the hub says.
    void ready(const lares::app::DownloadTask& task, const QString& path);
    void failed(const QString& sentence);  ///< of the store

 private:
    void take(const QList<DownloadItem>& changes);
    void takeReady(const DownloadItem& item);
    void show(const DownloadTask& task, DownloadPhase phase, const QString& sentence);
    DownloadItem* find(qint64 id);
    FailureHandler tellFailure();

    StoreThread& m_store;
    NetworkThread& m_network;
    QList<DownloadItem> m_items;
    QHash<qint64, DownloadTask> m_tasks;
};

}  // namespace lares::app
