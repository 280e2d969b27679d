// One download under way: asks the gate for what is missing, hands it to the part files, judges every answer, and puts
// the files in place when all of them are right. Lives in the network thread; its work is cut into steps, so that
// several go on side by side. Does not know the store: what is to be kept comes out of its signals.
//
// What an answer to a range may be, and what is done (RFC 9110, 14): 206, or 200 with a Content-Range, from where was
// asked or before it: taken from there on. 200: the whole; what is there already is passed over. 416, another length,
// another hash in the headers: another file, asked once more and then said. The address that a redirect leads to is
// asked for anew each time, because it is valid for an hour only.
#pragma once

#include "app/services/models/downloads/download_types.h"
#include "app/services/models/downloads/part_file.h"

#include <memory>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lares::app {

class BandwidthLimit;
class GateAnswer;
class NetworkGate;

struct DownloadOptions {
    qint64 blockBytes = 8 << 20;
    qint64 spareBytes = qint64(512) << 20;  ///< stay free on the disk
    int retryMs = 1000;                     ///< doubled with each try without a byte
    int longestRetryMs = 30'000;
    int suspicions = 4;  ///< answers in a row that make no sense, before it fails
    int parallel = 3;    ///< downloads at once
};

using DownloadJournal = std::vector<std::vector<storage::DownloadBlockRow>>;  ///< one for each file

class DownloadJob : public QObject {
    Q_OBJECT

 public:
    DownloadJob(NetworkGate& gate, BandwidthLimit& limit, const DownloadOptions& options, DownloadTask task,
                DownloadJournal journal, QObject* parent = nullptr);
    ~DownloadJob() override;

    void start();
    void pause();  ///< what was fetched is kept
    /// Takes the parts away too; files in their places stay.
    void discard();

    const DownloadTask& task() const { return m_task; }
    DownloadPhase phase() const { return m_phase; }
    const QString& sentence() const { return m_sentence; }
    qint64 doneBytes() const;

 signals:
    void blocksFinished(int position, const std::vector<lares::storage::DownloadBlockRow>& blocks);
    void phaseChanged();

 private:
    enum class Step { check, fetch, verify };
    void setPhase(DownloadPhase phase, const QString& sentence = {});
    void halt();
    void later(int delayMs);
    void run();
    void doStep();
    void openFiles();
    void refuseWithoutRoom() const;
    bool takePlacedFile(const DownloadFile& file);
    void check();
    void fetch();
    void judge();
    void pump();
    void answerEnded();
    void verify();
    void judgeWhole(const storage::Sha256& hash);
    void placeAll();
    void keepFinished();
    void dropAnswer();
    void retry(const QString& sentence, qint64 waitSeconds = 0);
    void suspect(const QString& sentence);
    void fail(const QString& sentence);
    QString pathOf(const DownloadFile& file) const;

    NetworkGate& m_gate;
    BandwidthLimit& m_limit;
    const DownloadOptions m_options;
    const DownloadTask m_task;
    DownloadJournal m_journal;

    std::vector<std::unique_ptr<PartFile>> m_parts;  ///< nothing where the file is in its place already
    std::size_t m_current = 0;
    Step m_step = Step::check;
    DownloadPhase m_phase = DownloadPhase::waiting;
    QString m_sentence;
    QTimer m_next;
    QElapsedTimer m_sinceKept;

    GateAnswer* m_answer = nullptr;
    bool m_accepted = false;  ///< the answer's headers were
    qint64 m_passOver = 0;    ///< bytes of the answer that are there already
    ByteRange m_range;        ///< that was asked for, from its first missing byte
    int m_tries = 0;          ///< without a byte of progress
    int m_suspicions = 0;
    int m_wrongWholes = 0;  ///< of the current file
};

}  // namespace lares::app
