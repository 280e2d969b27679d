// A hub of our own on 127.0.0.1, for tests: imitates the public one's API, its redirects to a second host (localhost,
// on another port), ETags, hashes and refusals; and, where a test says so, everything that goes wrong. Its contents are
// worked out from a seed, so that a file of any size costs no memory. Serves from a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>
#include <QUrl>

namespace lares::test {

struct HubFile {
    QString path;
    qint64 sizeBytes = 0;
    quint64 seed = 1;
    QByteArray begin = "GGUF";  ///< the first bytes
    QByteArray sha256 = {};     ///< filled in by add()
    QByteArray bytes = {};      ///< the content, where it is not worked out from the seed; as long as sizeBytes
};

struct HubRepository {
    QString name;  ///< "owner/name"
    QString commit = QStringLiteral("0123456789abcdef0123456789abcdef01234567");
    QList<HubFile> files;
    QString gated = {};  ///< "", "auto", "manual"
    QString license = QStringLiteral("apache-2.0");
    QString architecture = QStringLiteral("llama");
    qint64 downloads = 1000;
};

struct HubRequest {
    bool isStorage = false;  ///< asked of the second host
    QByteArray method, target;
    QMap<QByteArray, QByteArray> headers;  ///< names in lower case
    int number = 0;                        ///< 1, 2...: counted over both hosts
};

/// What goes wrong with one answer.
struct HubFault {
    enum Kind {
        none,
        cut,            ///< the connection ends after `at` bytes of the body
        stall,          ///< silent after `at` bytes
        status,         ///< `code` in place of an answer, with `extra` as headers
        ignoreRange,    ///< 200 with the whole
        rangeAs200,     ///< the piece, with Content-Range, but code 200
        wrongByte,      ///< one byte at `at` of the body is another
        longer,         ///< `at` bytes more than announced, without Content-Length
        redirectLoop,   ///< to itself
        toPlainHttp,    ///< to an address of another site
        page,           ///< a sign-in page with 200
        otherEtag,      ///< the headers name another hash
        relative,       ///< a redirect without a host
        bodyInRedirect  ///< a long text beside the Location
    };
    Kind kind = none;
    qint64 at = 0;
    int code = 503;
    QByteArray extra = {};
};

class LocalHub {
 public:
    explicit LocalHub(bool tls = false);
    ~LocalHub();
    LocalHub(const LocalHub&) = delete;
    LocalHub& operator=(const LocalHub&) = delete;

    QUrl url() const;
    QByteArray certificate() const;  ///< PEM of a TLS hub: to be believed by whoever asks
    void add(HubRepository repository);
    HubRepository repository(const QString& name) const;
    /// Called in the hub's thread for every request.
    void setFaults(std::function<HubFault(const HubRequest&)> faults);
    void setToken(const QByteArray& token);  ///< gated files want it; the storage refuses whoever sends one
    QList<HubRequest> requests() const;
    qint64 bodyBytesSent() const;  ///< of files
    void forgetRequests();

    static QByteArray content(const HubFile& file, qint64 offset, qint64 count);
    static QByteArray hashOf(const HubFile& file);

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::test
