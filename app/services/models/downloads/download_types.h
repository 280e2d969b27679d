// The values of downloads. A download is one model at one commit: a file, or all parts of a split one.
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace lares::app {

struct DownloadFile {
    QString path;  ///< in the repository, and below the folder
    qint64 sizeBytes = 0;
    QString sha256;  ///< 64 hex digits, as the hub says it
    bool operator==(const DownloadFile&) const = default;
};

struct DownloadTask {
    qint64 id = 0;  ///< 0: not begun yet
    QString repository, revision, name, folder;
    QList<DownloadFile> files;  ///< in the order of their parts

    qint64 totalBytes() const {
        qint64 bytes = 0;
        for (const DownloadFile& file : files) bytes += file.sizeBytes;
        return bytes;
    }
};

enum class DownloadPhase {
    waiting,   ///< for its turn
    checking,  ///< what is there from before
    fetching,
    retrying,   ///< something is in the way for now; `sentence` says what
    verifying,  ///< the whole against the hub's hash
    paused,
    failed,  ///< `sentence` says what to do
    ready,   ///< in its place, under its name
};

struct DownloadItem {
    qint64 id = 0;
    QString repository, name;
    QString path;  ///< of the file to load, once ready; where it will be, before
    DownloadPhase phase = DownloadPhase::waiting;
    qint64 doneBytes = 0, totalBytes = 0;
    qint64 bytesPerSecond = 0;  ///< while fetching
    qint64 secondsLeft = -1;    ///< -1: not known
    QString sentence;
    bool operator==(const DownloadItem&) const = default;
};

}  // namespace lares::app

Q_DECLARE_METATYPE(lares::app::DownloadItem)
