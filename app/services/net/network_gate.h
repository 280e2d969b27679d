// The network gate: the only class of Lares that opens a connection (tests/tidy reads the includes). Every request says
// why it is made; each address it leads to, redirects included, is one row of the log; the offline lock refuses all.
// TLS is always checked, nothing is cached, no cookies are kept. Lives in the network thread, like its answers; the
// first request makes what it needs, so that a program that asks nothing touches no network.
#pragma once

#include "app/services/net/network_policy.h"
#include "storage/stores/connection_store.h"

#include <functional>
#include <memory>
#include <QObject>
#include <QPointer>
#include <QTimer>

class QNetworkAccessManager;
class QNetworkReply;

namespace lares::app {

struct GateRequest {
    QUrl url;
    QString reason;    ///< a phrase for the log: "download of ..."; never empty
    QByteArray range;  ///< "bytes=5-"; empty: the whole
    bool head = false;
};

enum class GateEnd {
    running,
    complete,     ///< an HTTP answer of any status, to its end
    offline,      ///< the lock is on, or was put on
    refused,      ///< by network_policy.h
    badRedirect,  ///< too many, or without a target
    unreachable,  ///< no connection, or it broke
    untrusted,    ///< TLS: the other side could not show that it is who it should be
    stalled,      ///< silent for too long
    closed,       ///< by close()
};

class NetworkGate;

/// One request and what came of it.
class GateAnswer : public QObject {
    Q_OBJECT

 public:
    ~GateAnswer() override { close(); }

    void close();  ///< ends the connection; no signal follows

    int status() const { return m_status; }                ///< of the last address; 0: none came
    QByteArray header(const QByteArray& name) const;       ///< of the last address
    QByteArray firstHeader(const QByteArray& name) const;  ///< of the first: a redirect's own headers
    bool isFromHub() const { return m_isFromHub; }         ///< the last address is the hub's own
    qint64 bytesAvailable() const;
    QByteArray read(qint64 maximumBytes);
    GateEnd end() const { return m_end; }
    const QString& sentence() const { return m_sentence; }  ///< of every end but `complete`

 signals:
    void headersReceived();  ///< of the last address
    void readyRead();
    void finished();  ///< once, never inside get(); there may be bytes left to read

 private:
    friend class NetworkGate;
    using Headers = QList<std::pair<QByteArray, QByteArray>>;

    GateAnswer(NetworkGate& gate, GateRequest request, QObject* parent);
    void open(const QUrl& url);
    void takeHeaders();
    void takeEnd();
    void finish(GateEnd end, const QString& sentence = {});
    void dropReply();
    void logEnd(const QString& result);

    NetworkGate& m_gate;
    GateRequest m_request;
    QPointer<QNetworkReply> m_reply;  // goes with the gate's connections
    QTimer m_silence;
    Headers m_firstHeaders, m_headers;
    storage::ConnectionRow m_row;
    int m_status = 0, m_hops = 0;
    bool m_isFromHub = false;
    GateEnd m_end = GateEnd::running;
    QString m_sentence;
};

class NetworkGate : public QObject {
    Q_OBJECT

 public:
    struct Options {
        int connectTimeoutMs = 15'000;
        int silenceTimeoutMs = 30'000;
        int maximumRedirects = 6;
        QByteArray extraCertificates = {};  ///< PEM, believed beside the system's
    };
    /// Told of a connection when it is begun and when it has ended, with the same id.
    using Log = std::function<void(const storage::ConnectionRow&)>;

    NetworkGate(NetworkPolicy policy, Log log, Options options, QObject* parent = nullptr);
    ~NetworkGate() override;

    const NetworkPolicy& policy() const { return m_policy; }
    /// Takes hold at once: with the lock on, what runs is ended.
    void setPolicy(const NetworkPolicy& policy);

    GateAnswer* get(const GateRequest& request, QObject* parent);

 private:
    friend class GateAnswer;
    QNetworkReply* connectTo(const QUrl& url, const GateRequest& request);

    NetworkPolicy m_policy;
    Log m_log;
    Options m_options;
    std::unique_ptr<QNetworkAccessManager> m_access;
    QList<GateAnswer*> m_running;
};

}  // namespace lares::app
