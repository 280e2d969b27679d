#include "app/services/models/downloads/download_job.h"

#include "app/services/models/downloads/bandwidth_limit.h"
#include "app/services/models/hub/hub_address.h"
#include "app/services/net/network_gate.h"

#include <algorithm>
#include <filesystem>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QRandomGenerator>

namespace lares::app {

namespace {

constexpr qint64 kReadBytes = 1 << 20;
constexpr int kKeepEveryMs = 1000;
constexpr int kLimitedMs = 20;

bool isHash(const QByteArray& text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(),
                                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The headers name another size or hash than the file had when it was listed.
bool isAnotherFile(const GateAnswer& answer, const DownloadFile& file) {
    for (const QByteArray& tag : {answer.firstHeader("X-Linked-ETag"), answer.firstHeader("ETag")}) {
        const QByteArray hash = bareEtag(tag);
        if (isHash(hash) && hash != file.sha256.toLatin1()) return true;
    }
    bool isNumber = false;
    const qint64 size = answer.firstHeader("X-Linked-Size").toLongLong(&isNumber);
    return isNumber && size != file.sizeBytes;
}

}  // namespace

DownloadJob::DownloadJob(NetworkGate& gate, BandwidthLimit& limit, const DownloadOptions& options, DownloadTask task,
                         DownloadJournal journal, QObject* parent)
    : QObject(parent),
      m_gate(gate),
      m_limit(limit),
      m_options(options),
      m_task(std::move(task)),
      m_journal(std::move(journal)) {
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &DownloadJob::run);
}

DownloadJob::~DownloadJob() {
    dropAnswer();
}

void DownloadJob::setPhase(DownloadPhase phase, const QString& sentence) {
    if (phase == m_phase && sentence == m_sentence) return;
    m_phase = phase;
    m_sentence = sentence;
    emit phaseChanged();
}

void DownloadJob::later(int delayMs) {
    m_next.start(delayMs);
}

QString DownloadJob::pathOf(const DownloadFile& file) const {
    return QDir(m_task.folder).filePath(file.path);
}

qint64 DownloadJob::doneBytes() const {
    qint64 bytes = 0;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        bytes += m_parts[i] ? m_parts[i]->haveBytes() : m_task.files[qsizetype(i)].sizeBytes;
    }
    return bytes;
}

void DownloadJob::start() {
    m_step = Step::check;
    m_sinceKept.start();
    setPhase(DownloadPhase::checking);
    later(0);
}

void DownloadJob::halt() {
    m_next.stop();
    dropAnswer();
    try {
        keepFinished();
    } catch (const FileError&) {  // the blocks are fetched again
    }
    m_parts.clear();
}

void DownloadJob::pause() {
    halt();
    setPhase(DownloadPhase::paused);
}

void DownloadJob::discard() {
    m_next.stop();
    dropAnswer();
    m_parts.clear();
    for (const DownloadFile& file : m_task.files) QFile::remove(PartFile::partPathOf(pathOf(file)));
}

void DownloadJob::run() {
    try {
        doStep();
    } catch (const FileError& error) {
        fail(QString::fromUtf8(error.what()));
    }
}

void DownloadJob::doStep() {
    if (m_step == Step::check) return check();
    if (m_step == Step::verify) return verify();
    if (m_answer == nullptr) return fetch();
    pump();
}

void DownloadJob::refuseWithoutRoom() const {
    std::error_code error;
    const std::filesystem::space_info disk = std::filesystem::space(m_task.folder.toStdString(), error);
    const qint64 missing = m_task.totalBytes() - doneBytes() + m_options.spareBytes - qint64(disk.available);
    if (error || missing <= 0) return;
    throw FileError(
        tr("%1 more are needed on the disk of %2 for this model. Free some space, or choose another folder, "
           "and go on; what was fetched is kept.")
            .arg(QLocale().formattedDataSize(missing, 1, QLocale::DataSizeSIFormat), m_task.folder)
            .toStdString());
}

/// A file of the name that is there: ours from before when it is right, somebody's when it is not.
bool DownloadJob::takePlacedFile(const DownloadFile& file) {
    QFile placed(pathOf(file));
    if (!placed.exists()) return false;
    Sha256Hasher hasher;
    QByteArray bytes;
    if (placed.size() == file.sizeBytes && placed.open(QIODevice::ReadOnly)) {
        while (!(bytes = placed.read(kReadBytes)).isEmpty()) hasher.add(bytes.constData(), bytes.size());
        if (toHex(hasher.result()) == file.sha256.toLatin1()) return true;
    }
    throw FileError(
        tr("There is another file in the place of %1. Move it away and go on.").arg(placed.fileName()).toStdString());
}

void DownloadJob::openFiles() {
    QDir().mkpath(m_task.folder);
    for (const DownloadFile& file : m_task.files) {
        const std::size_t i = m_parts.size();
        if (takePlacedFile(file)) {
            m_parts.push_back(nullptr);
            continue;
        }
        const auto journal = i < m_journal.size() ? m_journal[i] : std::vector<storage::DownloadBlockRow>();
        m_parts.push_back(std::make_unique<PartFile>(pathOf(file), file.sizeBytes, m_options.blockBytes, journal));
    }
}

void DownloadJob::check() {
    if (m_parts.empty()) {
        QDir().mkpath(m_task.folder);
        refuseWithoutRoom();
        openFiles();
        m_current = 0;
    }
    while (m_current < m_parts.size() && (!m_parts[m_current] || !m_parts[m_current]->checkNext())) ++m_current;
    if (m_current == m_parts.size()) {
        m_current = 0;
        m_step = Step::fetch;
    }
    later(0);
}

void DownloadJob::fetch() {
    while (m_current < m_parts.size() && !m_parts[m_current]) ++m_current;
    if (m_current == m_parts.size()) return placeAll();
    const auto range = m_parts[m_current]->nextRange();
    if (!range) {
        m_step = Step::verify;
        return later(0);
    }
    const DownloadFile& file = m_task.files[qsizetype(m_current)];
    m_range = *range;
    GateRequest request;
    request.url = fileAddress(m_gate.policy().hub, m_task.repository, m_task.revision, file.path);
    request.reason = tr("download of %1").arg(m_task.repository + QLatin1Char('/') + file.path);
    if (m_range.size() < file.sizeBytes) {
        request.range = "bytes=" + QByteArray::number(m_range.begin) + '-' + QByteArray::number(m_range.end - 1);
    }
    m_accepted = false;
    m_answer = m_gate.get(request, this);
    connect(m_answer, &GateAnswer::headersReceived, this, &DownloadJob::judge);
    connect(m_answer, &GateAnswer::readyRead, this, [this] {
        if (m_accepted && !m_next.isActive()) later(0);
    });
    connect(m_answer, &GateAnswer::finished, this, [this] {
        if (m_answer != nullptr && !m_next.isActive()) later(0);
    });
    if (m_phase != DownloadPhase::retrying) setPhase(DownloadPhase::fetching);
}

void DownloadJob::judge() {
    const DownloadFile& file = m_task.files[qsizetype(m_current)];
    const int status = m_answer->status();
    const auto range = contentRangeOf(m_answer->header("Content-Range"));
    const QString changed =
        tr("The hub now has another file under this name. Remove this download and begin it anew to get that one.");
    if (!m_answer->isFromHub() && (status == 403 || status == 401 || status == 404)) {
        return suspect(tr("The hub's storage refused with code %1.").arg(status));  // the address was too old
    }
    if (status != 200 && status != 206 && status != 416) {
        const HubReply reply = hubReply(*m_answer, m_task.repository);
        const auto wait = retryAfterSeconds(m_answer->header("Retry-After"), QDateTime::currentMSecsSinceEpoch());
        if (reply.verdict == HubVerdict::busy) return retry(reply.sentence, wait.value_or(0));
        if (reply.verdict == HubVerdict::denied) return fail(reply.sentence);
        return suspect(tr("The hub gave an answer without a meaning (%1).").arg(status));
    }
    if (isAnotherFile(*m_answer, file) || status == 416) return suspect(changed);
    if (status == 206 && !range) return suspect(tr("The hub sent a piece without saying which."));
    if (range) {
        if (range->total >= 0 && range->total != file.sizeBytes) return suspect(changed);
        if (range->first < 0 || range->first > m_range.begin)
            return suspect(tr("The hub sent another piece than was asked for."));
        m_passOver = m_range.begin - range->first;
    } else {
        bool isNumber = false;
        const qint64 length = m_answer->header("Content-Length").toLongLong(&isNumber);
        const bool isPage = m_answer->header("Content-Type").startsWith("text/html");
        if (isPage) {
            return suspect(
                tr("A web page came in place of the file. If this network asks to sign in first, do that in "
                   "a browser, then go on."));
        }
        if (isNumber && length != file.sizeBytes) return suspect(changed);
        m_passOver = m_range.begin;
    }
    m_accepted = true;
    if (!m_next.isActive()) later(0);
}

void DownloadJob::pump() {
    PartFile& part = *m_parts[m_current];
    while (m_accepted && m_answer->bytesAvailable() > 0) {
        const qint64 wanted = std::min(kReadBytes, m_passOver > 0 ? m_passOver : m_range.size());
        const qint64 allowed = std::min(wanted, m_limit.allowedBytes());
        if (allowed <= 0) return later(kLimitedMs);
        const QByteArray bytes = m_answer->read(allowed);
        m_limit.spend(bytes.size());
        if (m_passOver > 0) {
            m_passOver -= bytes.size();
            continue;
        }
        part.write(bytes.constData(), bytes.size());
        m_range.begin += bytes.size();
        m_tries = m_suspicions = 0;
        setPhase(DownloadPhase::fetching);
        if (m_sinceKept.elapsed() > kKeepEveryMs) keepFinished();
        if (m_range.size() > 0) continue;
        dropAnswer();
        keepFinished();
        return later(0);
    }
    if (m_answer->end() != GateEnd::running) answerEnded();
}

void DownloadJob::answerEnded() {
    const GateEnd end = m_answer->end();
    const QString sentence = m_answer->sentence();
    if (end == GateEnd::offline) {
        halt();
        return setPhase(DownloadPhase::paused, sentence);
    }
    if (end == GateEnd::refused || end == GateEnd::badRedirect || end == GateEnd::untrusted) return suspect(sentence);
    retry(end == GateEnd::complete ? tr("The connection broke.") : sentence);
}

void DownloadJob::verify() {
    PartFile& part = *m_parts[m_current];
    if (const auto hash = part.wholeHash()) return judgeWhole(*hash);
    setPhase(DownloadPhase::verifying);
    part.hashNext();
    later(0);
}

void DownloadJob::judgeWhole(const storage::Sha256& hash) {
    const DownloadFile& file = m_task.files[qsizetype(m_current)];
    PartFile& part = *m_parts[m_current];
    m_step = Step::fetch;
    if (toHex(hash) != file.sha256.toLatin1()) {
        part.doubt();
        if (++m_wrongWholes < 3) return later(0);
        return fail(tr("What the hub sends is not what it announces for %1 (the hashes differ), so it is not used. Try "
                       "again later, or take another source.")
                        .arg(file.path));
    }
    if (file.path.endsWith(QLatin1String(".gguf")) && !part.beginsWith("GGUF")) {
        return fail(tr("%1 is no model file, although its name says so.").arg(file.path));
    }
    m_wrongWholes = 0;
    ++m_current;
    later(0);
}

/// The first part of a split model last: it is the one that is loaded.
void DownloadJob::placeAll() {
    keepFinished();
    for (auto part = m_parts.rbegin(); part != m_parts.rend(); ++part) {
        if (*part) (*part)->place();
    }
    m_parts.clear();
    setPhase(DownloadPhase::ready);
}

void DownloadJob::keepFinished() {
    m_sinceKept.restart();
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        if (!m_parts[i]) continue;
        const auto blocks = m_parts[i]->takeFinished();
        if (blocks.empty()) continue;
        if (m_journal.size() <= i) m_journal.resize(i + 1);
        m_journal[i].insert(m_journal[i].end(), blocks.begin(), blocks.end());
        emit blocksFinished(int(i), blocks);
    }
}

void DownloadJob::dropAnswer() {
    if (m_answer == nullptr) return;
    m_answer->disconnect(this);
    m_answer->close();
    m_answer->deleteLater();
    m_answer = nullptr;
}

void DownloadJob::retry(const QString& sentence, qint64 waitSeconds) {
    dropAnswer();
    keepFinished();
    const int doubled = std::min(m_options.longestRetryMs, m_options.retryMs << std::min(m_tries++, 10));
    const int jitter = int(QRandomGenerator::global()->bounded(doubled / 4 + 1));
    const qint64 waitMs = std::max<qint64>(doubled + jitter, std::min<qint64>(waitSeconds, 3600) * 1000);
    setPhase(DownloadPhase::retrying, sentence);
    later(int(waitMs));
}

void DownloadJob::suspect(const QString& sentence) {
    if (++m_suspicions >= m_options.suspicions) return fail(sentence);
    retry(sentence);
}

void DownloadJob::fail(const QString& sentence) {
    halt();
    setPhase(DownloadPhase::failed, sentence);
}

}  // namespace lares::app
