#include "tests/support/local_hub.h"

#include "tests/support/test_certificate.h"

#include <atomic>
#include <cstring>
#include <mutex>
#include <QCryptographicHash>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSemaphore>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <QUrlQuery>

namespace lares::test {

namespace {

constexpr qint64 kChunkBytes = 256 << 10;

/// The 64 bits at position `index` of a seed's stream (splitmix64).
quint64 mixed(quint64 seed, quint64 index) {
    quint64 z = seed * 0x9e3779b97f4a7c15ull + (index + 1) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

struct Answer {
    int status = 200;
    QByteArray headers;  ///< whole lines
    QByteArray body;     ///< of everything that is no file
    const HubFile* file = nullptr;
    qint64 from = 0, count = 0;
};

}  // namespace

struct LocalHub::Private {
    QByteArray scheme() const { return tls ? "https" : "http"; }
    Answer answerTo(const HubRequest& request, const HubFault& fault);
    Answer fileAnswer(const HubRequest& request, const HubRepository& repository, const HubFile& file,
                      const HubFault& fault);
    Answer storageAnswer(const HubRequest& request, const HubFile& file, const HubFault& fault) const;
    Answer api(const QString& path, const QUrlQuery& query) const;
    void listen(QTcpServer& server, bool isStorage);
    void serve(QTcpSocket* socket, bool isStorage);
    void reply(QTcpSocket* socket, const HubRequest& request);

    mutable std::mutex mutex;  // over what follows, up to the servers
    QMap<QString, HubRepository> repositories;
    std::function<HubFault(const HubRequest&)> faults;
    QByteArray token;
    QList<HubRequest> requests;
    std::atomic<qint64> bodyBytes = 0;

    bool tls = false;
    TestCertificate identity;
    QThread thread;
    QObject* worker = nullptr;
    int hubPort = 0, storagePort = 0;
};

QByteArray LocalHub::content(const HubFile& file, qint64 offset, qint64 count) {
    if (!file.bytes.isEmpty()) return file.bytes.mid(qsizetype(offset), qsizetype(count));
    QByteArray bytes(qsizetype(count), Qt::Uninitialized);
    for (qint64 i = 0; i < count;) {
        const qint64 at = offset + i;
        const quint64 word = mixed(file.seed, quint64(at / 8));
        const qint64 inWord = at % 8, now = std::min<qint64>(8 - inWord, count - i);
        std::memcpy(bytes.data() + i, reinterpret_cast<const char*>(&word) + inWord, std::size_t(now));
        i += now;
    }
    for (qint64 at = offset; at < std::min<qint64>(file.begin.size(), offset + count); ++at) {
        bytes[qsizetype(at - offset)] = file.begin[qsizetype(at)];
    }
    return bytes;
}

QByteArray LocalHub::hashOf(const HubFile& file) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (qint64 at = 0; at < file.sizeBytes; at += kChunkBytes) {
        hash.addData(content(file, at, std::min(kChunkBytes, file.sizeBytes - at)));
    }
    return hash.result().toHex();
}

Answer LocalHub::Private::api(const QString& path, const QUrlQuery& query) const {
    Answer answer;
    answer.headers = "Content-Type: application/json\r\n";
    const auto entry = [](const HubRepository& repository) {
        QJsonArray siblings;
        for (const HubFile& file : repository.files) siblings += QJsonObject{{"rfilename", file.path}};
        const QJsonValue gated = repository.gated.isEmpty() ? QJsonValue(false) : QJsonValue(repository.gated);
        return QJsonObject{{"id", repository.name},
                           {"sha", repository.commit},
                           {"downloads", repository.downloads},
                           {"likes", 7},
                           {"gated", gated},
                           {"lastModified", "2025-05-01T10:00:00.000Z"},
                           {"tags", QJsonArray{"gguf", "license:" + repository.license, "region:us"}},
                           {"gguf", QJsonObject{{"architecture", repository.architecture}, {"context_length", 4096}}},
                           {"siblings", siblings}};
    };
    if (path == QLatin1String("/api/models")) {
        QJsonArray rows;
        const QString wanted = query.queryItemValue(QStringLiteral("search"), QUrl::FullyDecoded);
        for (const HubRepository& repository : repositories) {
            if (repository.name.contains(wanted, Qt::CaseInsensitive)) rows += entry(repository);
        }
        answer.body = QJsonDocument(rows).toJson();
        return answer;
    }
    for (const HubRepository& repository : repositories) {
        const QString base = QStringLiteral("/api/models/") + repository.name;
        if (path == base || path.startsWith(base + QStringLiteral("/revision/"))) {
            answer.body = QJsonDocument(entry(repository)).toJson();
            return answer;
        }
        if (!path.startsWith(base + QStringLiteral("/tree/"))) continue;
        const int page = query.queryItemValue(QStringLiteral("cursor")).toInt();
        constexpr int kPage = 2;  // short, so that a list of files has several
        QJsonArray rows;
        for (const HubFile& file : repository.files.mid(page * kPage, kPage)) {
            rows +=
                QJsonObject{{"type", "file"},
                            {"path", file.path},
                            {"size", file.sizeBytes},
                            {"lfs", QJsonObject{{"oid", QString::fromLatin1(file.sha256)}, {"size", file.sizeBytes}}}};
        }
        if ((page + 1) * kPage < repository.files.size()) {
            answer.headers += "Link: <https://huggingface.co" + path.toUtf8() +
                              "?recursive=true&cursor=" + QByteArray::number(page + 1) + ">; rel=\"next\"\r\n";
        }
        answer.body = QJsonDocument(rows).toJson();
        return answer;
    }
    answer.status = 404;
    answer.headers += "X-Error-Code: RepoNotFound\r\n";
    answer.body = "{\"error\":\"Repository not found\"}";
    return answer;
}

Answer LocalHub::Private::storageAnswer(const HubRequest& request, const HubFile& file, const HubFault& fault) const {
    Answer answer;
    if (request.headers.contains("authorization")) return {400, {}, "only one auth mechanism allowed", nullptr, 0, 0};
    answer.file = &file;
    answer.count = file.sizeBytes;
    answer.headers = "Accept-Ranges: bytes\r\nETag: \"xet-" + file.sha256.left(8) + "\"\r\n";
    static const QRegularExpression pattern(QStringLiteral("\\Abytes=(\\d+)-(\\d*)\\z"));
    const auto match = pattern.match(QString::fromLatin1(request.headers.value("range")));
    if (!match.hasMatch() || fault.kind == HubFault::ignoreRange) return answer;
    const qint64 first = match.captured(1).toLongLong();
    const qint64 last =
        match.captured(2).isEmpty() ? file.sizeBytes - 1 : std::min(match.captured(2).toLongLong(), file.sizeBytes - 1);
    if (first >= file.sizeBytes || last < first) {
        return {416,
                "Content-Range: bytes */" + QByteArray::number(file.sizeBytes) + "\r\n",
                "<Error>InvalidRange</Error>",
                nullptr,
                0,
                0};
    }
    answer.status = fault.kind == HubFault::rangeAs200 ? 200 : 206;
    answer.headers += "Content-Range: bytes " + QByteArray::number(first) + '-' + QByteArray::number(last) + '/' +
                      QByteArray::number(file.sizeBytes) + "\r\n";
    answer.from = first;
    answer.count = last - first + 1;
    return answer;
}

Answer LocalHub::Private::fileAnswer(const HubRequest& request, const HubRepository& repository, const HubFile& file,
                                     const HubFault& fault) {
    if (!repository.gated.isEmpty() && request.headers.value("authorization") != "Bearer " + token) {
        const bool signedIn = request.headers.contains("authorization");
        return {signedIn ? 403 : 401,
                "X-Error-Code: GatedRepo\r\nX-Error-Message: Access is restricted.\r\n",
                "no",
                nullptr,
                0,
                0};
    }
    const QByteArray hash = fault.kind == HubFault::otherEtag ? QByteArray(64, 'e') : file.sha256;
    const QByteArray encodedPath = QUrl::toPercentEncoding(file.path, "/");
    const QByteArray rest = "/storage/" + repository.name.toUtf8() + "/" + encodedPath;
    QByteArray location =
        scheme() + "://localhost:" + QByteArray::number(storagePort) + rest + "?Expires=1&Signature=x";
    if (fault.kind == HubFault::relative) location = rest;
    if (fault.kind == HubFault::redirectLoop) location = request.target;
    if (fault.kind == HubFault::toPlainHttp) location = "http://example.com/model.gguf";
    Answer answer;
    answer.status = fault.kind == HubFault::relative ? 307 : 302;
    answer.headers = "Location: " + location + "\r\nX-Repo-Commit: " + repository.commit.toUtf8() +
                     "\r\nX-Linked-Size: " + QByteArray::number(file.sizeBytes) + "\r\nX-Linked-ETag: \"" + hash +
                     "\"\r\nAccept-Ranges: bytes\r\n";
    answer.body = "Found. Redirecting to " + location;
    if (fault.kind == HubFault::bodyInRedirect) answer.body += QByteArray(100'000, '.');
    return answer;
}

Answer LocalHub::Private::answerTo(const HubRequest& request, const HubFault& fault) {
    if (fault.kind == HubFault::status) {
        return {fault.code, fault.extra, "an error text that must never be taken for a model", nullptr, 0, 0};
    }
    if (fault.kind == HubFault::page) {
        return {200, "Content-Type: text/html\r\n", "<html>Welcome to the hotel. Please sign in.</html>", nullptr, 0,
                0};
    }
    const QUrl url = QUrl::fromEncoded(request.target);
    const QString path = url.path(QUrl::FullyDecoded);
    if (path.startsWith(QLatin1String("/api/"))) return api(path, QUrlQuery(url));
    for (const HubRepository& repository : std::as_const(repositories)) {
        for (const HubFile& file : repository.files) {
            if (path == QStringLiteral("/storage/%1/%2").arg(repository.name, file.path))
                return storageAnswer(request, file, fault);
            for (const QString& revision : {repository.commit, QStringLiteral("main")}) {
                if (path == QStringLiteral("/%1/resolve/%2/%3").arg(repository.name, revision, file.path))
                    return fileAnswer(request, repository, file, fault);
            }
        }
    }
    return {404, "X-Error-Code: EntryNotFound\r\nX-Repo-Commit: 0\r\n", "Entry not found", nullptr, 0, 0};
}

/// The body of a file in pieces, as the socket takes them, with what goes wrong on the way.
class BodySender : public QObject {
 public:
    BodySender(QTcpSocket* socket, const HubFile& file, qint64 from, qint64 count, const HubFault& fault,
               std::atomic<qint64>& sent)
        : QObject(socket), m_socket(*socket), m_file(file), m_at(from), m_left(count), m_fault(fault), m_sent(sent) {
        if (fault.kind == HubFault::longer) m_left += fault.at;
        socket->setSocketOption(QAbstractSocket::SendBufferSizeSocketOption,
                                128 * 1024);  // what is sent is nearly there
        connect(socket, &QTcpSocket::bytesWritten, this, [this] { send(); });
        if (tlsSocket())
            connect(static_cast<QSslSocket*>(socket), &QSslSocket::encryptedBytesWritten, this, [this] { send(); });
        send();
    }

 private:
    bool tlsSocket() const {
        return m_socket.inherits("QSslSocket") && static_cast<QSslSocket&>(m_socket).isEncrypted();
    }
    void send() {
        while (m_left > 0 && m_socket.bytesToWrite() < kChunkBytes) {
            const bool ends = m_fault.kind == HubFault::cut || m_fault.kind == HubFault::stall;
            const qint64 allowed = ends ? std::min(m_left, m_fault.at - m_done) : m_left;
            if (allowed <= 0) {
                if (m_fault.kind == HubFault::cut && m_socket.bytesToWrite() == 0) m_socket.abort();
                return;
            }
            const qint64 now = std::min(allowed, kChunkBytes);
            QByteArray bytes = LocalHub::content(m_file, m_at, now);
            if (m_fault.kind == HubFault::wrongByte && m_fault.at >= m_done && m_fault.at < m_done + now) {
                bytes[qsizetype(m_fault.at - m_done)] = char(bytes[qsizetype(m_fault.at - m_done)] ^ 1);
            }
            m_socket.write(bytes);
            m_at += now;
            m_done += now;
            m_left -= now;
            m_sent += now;
        }
        if (m_left == 0) m_socket.disconnectFromHost();
    }

    QTcpSocket& m_socket;
    const HubFile m_file;
    qint64 m_at, m_left, m_done = 0;
    const HubFault m_fault;
    std::atomic<qint64>& m_sent;
};

void LocalHub::Private::reply(QTcpSocket* socket, const HubRequest& request) {
    HubFault fault;
    Answer answer;
    HubFile file;
    {
        const std::lock_guard lock(mutex);
        requests += request;
        if (faults) fault = faults(request);
        answer = answerTo(request, fault);
        if (answer.file != nullptr) file = *answer.file;
    }
    const bool isFile = answer.file != nullptr;
    const qint64 length = isFile ? answer.count : answer.body.size();
    QByteArray head =
        "HTTP/1.1 " + QByteArray::number(answer.status) + " Whatever\r\n" + answer.headers + "Connection: close\r\n";
    if (fault.kind != HubFault::longer) head += "Content-Length: " + QByteArray::number(length) + "\r\n";
    socket->write(head + "\r\n");
    if (request.method == "HEAD") return socket->disconnectFromHost();
    if (isFile) {
        new BodySender(socket, file, answer.from, answer.count, fault, bodyBytes);  // the socket's
        return;
    }
    socket->write(answer.body);
    socket->disconnectFromHost();
}

void LocalHub::Private::serve(QTcpSocket* socket, bool isStorage) {
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    const auto text = std::make_shared<QByteArray>();
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, isStorage, text] {
        *text += socket->readAll();
        const qsizetype end = text->indexOf("\r\n\r\n");
        if (end < 0) return;
        HubRequest request;
        request.isStorage = isStorage;
        const QList<QByteArray> lines = text->left(end).split('\n');
        const QList<QByteArray> words = lines.first().trimmed().split(' ');
        text->clear();
        if (words.size() < 2) return socket->abort();
        request.method = words[0];
        request.target = words[1];
        for (const QByteArray& line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            request.headers.insert(line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed());
        }
        {
            const std::lock_guard lock(mutex);
            request.number = int(requests.size()) + 1;
        }
        reply(socket, request);
    });
}

void LocalHub::Private::listen(QTcpServer& server, bool isStorage) {
    const bool listens = server.listen(QHostAddress::LocalHost);
    Q_ASSERT(listens);
    Q_UNUSED(listens);
    QObject::connect(&server, &QTcpServer::pendingConnectionAvailable, &server, [this, &server, isStorage] {
        while (QTcpSocket* const socket = server.nextPendingConnection()) serve(socket, isStorage);
    });
    (isStorage ? storagePort : hubPort) = server.serverPort();
}

LocalHub::LocalHub(bool tls) : d(std::make_unique<Private>()) {
    d->tls = tls;
    if (tls) d->identity = makeCertificate();
    d->worker = new QObject;
    d->worker->moveToThread(&d->thread);
    QObject::connect(&d->thread, &QThread::finished, d->worker, &QObject::deleteLater);
    d->thread.start();
    QSemaphore ready;
    const auto begin = [this, &ready] {
        for (const bool isStorage : {false, true}) {
            QTcpServer* server = nullptr;
            if (d->tls) {
                auto* const protectedServer = new QSslServer(d->worker);
                QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
                configuration.setLocalCertificate(QSslCertificate(d->identity.certificatePem));
                configuration.setPrivateKey(QSslKey(d->identity.keyPem, QSsl::Ec));
                configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
                protectedServer->setSslConfiguration(configuration);
                server = protectedServer;
            } else {
                server = new QTcpServer(d->worker);
            }
            d->listen(*server, isStorage);
        }
        ready.release();
    };
    QMetaObject::invokeMethod(d->worker, begin, Qt::QueuedConnection);
    ready.acquire();
}

LocalHub::~LocalHub() {
    d->thread.quit();
    d->thread.wait();
}

QUrl LocalHub::url() const {
    return QUrl(QStringLiteral("%1://127.0.0.1:%2").arg(QString::fromLatin1(d->scheme())).arg(d->hubPort));
}

QByteArray LocalHub::certificate() const {
    return d->identity.certificatePem;
}

void LocalHub::add(HubRepository repository) {
    for (HubFile& file : repository.files) {
        if (file.sha256.isEmpty()) file.sha256 = hashOf(file);
    }
    const std::lock_guard lock(d->mutex);
    d->repositories.insert(repository.name, repository);
}

HubRepository LocalHub::repository(const QString& name) const {
    const std::lock_guard lock(d->mutex);
    return d->repositories.value(name);
}

void LocalHub::setFaults(std::function<HubFault(const HubRequest&)> faults) {
    const std::lock_guard lock(d->mutex);
    d->faults = std::move(faults);
}

void LocalHub::setToken(const QByteArray& token) {
    const std::lock_guard lock(d->mutex);
    d->token = token;
}

QList<HubRequest> LocalHub::requests() const {
    const std::lock_guard lock(d->mutex);
    return d->requests;
}

qint64 LocalHub::bodyBytesSent() const {
    return d->bodyBytes;
}

void LocalHub::forgetRequests() {
    const std::lock_guard lock(d->mutex);
    d->requests.clear();
    d->bodyBytes = 0;
}

}  // namespace lares::test
