#include "app/services/models/model_hashes.h"

#include "app/services/files/sha256.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

namespace lares::app {

namespace {

constexpr qint64 kPieceBytes = 1 << 20;

/// Hexadecimal; empty when it was stopped or the file could not be read to its end.
std::string sha256Of(const QString& path, const std::stop_token& stop) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) return {};
    Sha256Hasher hasher;
    QByteArray piece(kPieceBytes, Qt::Uninitialized);
    for (;;) {
        if (stop.stop_requested()) return {};
        const qint64 bytes = file.read(piece.data(), piece.size());
        if (bytes < 0) return {};
        if (bytes == 0) return toHex(hasher.result()).toStdString();
        hasher.add(piece.constData(), bytes);
    }
}

}  // namespace

ModelHashes::ModelHashes(StoreThread& store, QObject* parent) : QObject(parent), m_store(store) {}

ModelHashes::~ModelHashes() {
    requestStop();
}

void ModelHashes::ask(const QString& path) {
    const QFileInfo info(path);
    const storage::ModelHash file{path.toStdString(), info.size(), info.lastModified().toMSecsSinceEpoch(), {}};
    const auto look = [file](storage::Stores& stores) {
        return stores.library.modelHash(file.path, file.sizeBytes, file.modifiedAtMs);
    };
    m_store.ask(this, look, [this, file](const std::optional<std::string>& sha256) {
        if (sha256) {
            emit known(QString::fromStdString(file.path), QString::fromStdString(*sha256));
        } else {
            compute(file);
        }
    });
}

void ModelHashes::compute(const storage::ModelHash& file) {
    requestStop();
    m_stop = {};
    const auto work = [this, file, stop = m_stop.get_token()] {
        storage::ModelHash hashed = file;
        hashed.sha256 = sha256Of(QString::fromStdString(file.path), stop);
        if (hashed.sha256.empty()) return;
        QMetaObject::invokeMethod(
            this,
            [this, hashed] {
                m_store.ask(
                    this, [hashed](storage::Stores& stores) { stores.library.putModelHash(hashed); }, [] {});
                emit known(QString::fromStdString(hashed.path), QString::fromStdString(hashed.sha256));
            },
            Qt::QueuedConnection);
    };
    m_thread.reset(QThread::create(work));
    m_thread->setObjectName(QStringLiteral("model hash"));
    m_thread->start(QThread::LowestPriority);
}

void ModelHashes::requestStop() {
    if (!m_thread) return;
    m_stop.request_stop();
    m_thread->wait();
    m_thread.reset();
}

}  // namespace lares::app
