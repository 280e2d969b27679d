// How bytes are counted for the log: those of the HTTP messages, headers included; what TLS and TCP add is not seen
// here.
#include "app/services/net/network_gate.h"

#include <cassert>
#include <QCoreApplication>
#include <QDateTime>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QRandomGenerator>
#include <QSslCertificate>
#include <QSslConfiguration>

namespace lares::app {

namespace {

constexpr qint64 kReadAheadBytes = 1 << 20;  // a slow reader holds the sender back instead of filling the memory

bool isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

qint64 headerBytes(const QList<std::pair<QByteArray, QByteArray>>& headers) {
    qint64 bytes = 2;
    for (const auto& [name, value] : headers) bytes += name.size() + value.size() + 4;
    return bytes;
}

QByteArray valueOf(const QList<std::pair<QByteArray, QByteArray>>& headers, const QByteArray& wanted) {
    for (const auto& [name, value] : headers) {
        if (name.compare(wanted, Qt::CaseInsensitive) == 0) return value;
    }
    return {};
}

QNetworkProxy proxyFor(const QString& setting) {
    if (setting == QLatin1String("none")) return QNetworkProxy(QNetworkProxy::NoProxy);
    const QUrl url(setting);
    const auto type =
        url.scheme().startsWith(QLatin1String("socks5")) ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy;
    const int port = url.port(type == QNetworkProxy::Socks5Proxy ? 1080 : 3128);
    return {type, url.host(), quint16(port), url.userName(), url.password()};
}

/// What the desktop or the environment says; Qt asks it only when told to.
class SystemProxy : public QNetworkProxyFactory {
 public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery& query) override { return systemProxyForQuery(query); }
};

}  // namespace

GateAnswer::GateAnswer(NetworkGate& gate, GateRequest request, QObject* parent)
    : QObject(parent), m_gate(gate), m_request(std::move(request)) {
    m_silence.setSingleShot(true);
    connect(&m_silence, &QTimer::timeout, this, [this] {
        if (bytesAvailable() > 0) return m_silence.start();  // it is our reader that is slow
        finish(GateEnd::stalled, tr("Nothing came from %1 for a while.").arg(QString::fromStdString(m_row.host)));
    });
    m_gate.m_running += this;
}

void GateAnswer::close() {
    if (m_end == GateEnd::running) {
        logEnd(tr("ended by Lares"));
        m_gate.m_running.removeOne(this);
        m_end = GateEnd::closed;
    }
    m_silence.stop();
    dropReply();
}

QByteArray GateAnswer::header(const QByteArray& name) const {
    return valueOf(m_headers, name);
}

QByteArray GateAnswer::firstHeader(const QByteArray& name) const {
    return valueOf(m_firstHeaders, name);
}

qint64 GateAnswer::bytesAvailable() const {
    return m_reply.isNull() ? 0 : m_reply->bytesAvailable();
}

QByteArray GateAnswer::read(qint64 maximumBytes) {
    if (m_reply.isNull()) return {};
    const QByteArray bytes = m_reply->read(maximumBytes);
    if (m_end == GateEnd::running) {
        m_row.bytesDown += bytes.size();
        m_silence.start();
    }
    return bytes;
}

void GateAnswer::open(const QUrl& url) {
    const QString refusal = refusalOf(url, m_gate.m_policy);
    if (!refusal.isEmpty()) {
        return finish(m_gate.m_policy.offline ? GateEnd::offline : GateEnd::refused, refusal);
    }
    m_isFromHub = isSameOrigin(url, m_gate.m_policy.hub);
    m_row = {};
    m_row.id = qint64(QRandomGenerator::global()->generate64() >> 2) + 1;
    m_row.startedAtMs = QDateTime::currentMSecsSinceEpoch();
    m_row.host = url.authority().toStdString();
    m_row.reason = m_request.reason.toStdString();
    m_reply = m_gate.connectTo(url, m_request);
    m_row.bytesUp = url.path().size() + 40;
    const QNetworkRequest sent = m_reply->request();
    for (const QByteArray& name : sent.rawHeaderList()) m_row.bytesUp += name.size() + sent.rawHeader(name).size() + 4;
    m_gate.m_log(m_row);

    m_silence.start(m_gate.m_options.connectTimeoutMs);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &GateAnswer::takeHeaders);
    connect(m_reply, &QNetworkReply::readyRead, this, [this] {
        m_silence.start();
        if (m_status != 0) emit readyRead();
    });
    connect(m_reply, &QNetworkReply::finished, this, &GateAnswer::takeEnd);
}

void GateAnswer::takeHeaders() {
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0 || m_status != 0) return;
    m_headers = m_reply->rawHeaderPairs();
    m_row.bytesDown += headerBytes(m_headers);
    if (m_hops++ == 0) m_firstHeaders = m_headers;
    m_silence.start(m_gate.m_options.silenceTimeoutMs);
    if (!isRedirect(status)) {
        m_status = status;
        emit headersReceived();
        return;
    }
    const QByteArray location = header("Location");
    const QUrl from = m_reply->url();
    logEnd(tr("%1, pointed on").arg(status));
    dropReply();
    if (location.isEmpty() || m_hops > m_gate.m_options.maximumRedirects) {
        return finish(GateEnd::badRedirect,
                      tr("%1 pointed from one address to the next without an end.").arg(from.host()));
    }
    const Redirect redirect = redirectFrom(from, location, m_gate.m_policy);
    if (!redirect.refusal.isEmpty()) return finish(GateEnd::refused, redirect.refusal);
    open(redirect.target);
}

void GateAnswer::takeEnd() {
    if (m_status == 0) takeHeaders();  // an answer may have headers alone
    if (m_reply.isNull() || m_end != GateEnd::running || !m_reply->isFinished()) return;
    const QNetworkReply::NetworkError error = m_reply->error();
    const bool isHttpStatus =
        m_status != 0 && (error == QNetworkReply::NoError || error > QNetworkReply::ProxyAuthenticationRequiredError);
    if (isHttpStatus) return finish(GateEnd::complete);
    const QString host = QString::fromStdString(m_row.host);
    if (error == QNetworkReply::SslHandshakeFailedError) {
        return finish(GateEnd::untrusted,
                      tr("%1 could not show that it is who it should be, so nothing was taken from it. If this network "
                         "asks to sign in first, do that in a browser.")
                          .arg(host));
    }
    finish(GateEnd::unreachable,
           m_status == 0 ? tr("%1 cannot be reached.").arg(host) : tr("The connection to %1 broke.").arg(host));
}

void GateAnswer::finish(GateEnd end, const QString& sentence) {
    m_end = end;
    m_sentence = sentence;
    m_silence.stop();
    m_gate.m_running.removeOne(this);
    if (end == GateEnd::complete) {
        m_row.bytesDown += m_reply->bytesAvailable();
        logEnd(QString::number(m_status));
    } else {
        if (m_row.id != 0) logEnd(sentence);
        if (end != GateEnd::unreachable) dropReply();
    }
    QMetaObject::invokeMethod(this, &GateAnswer::finished, Qt::QueuedConnection);
}

void GateAnswer::dropReply() {
    if (m_reply.isNull()) return;
    m_reply->disconnect(this);
    m_reply->deleteLater();  // which ends it; abort() inside one of its own signals confuses Qt
    m_reply.clear();
}

void GateAnswer::logEnd(const QString& result) {
    if (m_row.id == 0) return;
    m_row.endedAtMs = QDateTime::currentMSecsSinceEpoch();
    m_row.result = result.toStdString();
    m_gate.m_log(m_row);
    m_row.id = 0;
}

NetworkGate::NetworkGate(NetworkPolicy policy, Log log, Options options, QObject* parent)
    : QObject(parent), m_policy(std::move(policy)), m_log(std::move(log)), m_options(std::move(options)) {}

NetworkGate::~NetworkGate() {
    assert(m_running.isEmpty());  // an answer does not outlive its gate
}

void NetworkGate::setPolicy(const NetworkPolicy& policy) {
    const bool otherProxy = policy.proxy != m_policy.proxy;
    m_policy = policy;
    if (policy.offline) {
        const QList<GateAnswer*> running = m_running;  // each takes itself out of the list
        for (GateAnswer* answer : running) answer->finish(GateEnd::offline, refusalOf(policy.hub, policy));
    }
    if ((policy.offline || otherProxy) && m_running.isEmpty()) m_access.reset();  // with its idle connections
}

GateAnswer* NetworkGate::get(const GateRequest& request, QObject* parent) {
    assert(!request.reason.isEmpty());
    auto* const answer = new GateAnswer(*this, request, parent);
    answer->open(request.url);
    return answer;
}

QNetworkReply* NetworkGate::connectTo(const QUrl& url, const GateRequest& request) {
    if (!m_access) {
        m_access = std::make_unique<QNetworkAccessManager>();
        m_access->setAutoDeleteReplies(false);
        if (m_policy.proxy == QLatin1String("system")) {
            m_access->setProxyFactory(new SystemProxy);  // now the manager's
        } else {
            m_access->setProxy(proxyFor(m_policy.proxy));
        }
    }
    QNetworkRequest http(url);
    http.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    http.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    http.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    http.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    http.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    http.setAttribute(QNetworkRequest::Http2AllowedAttribute,
                      false);  // one connection each, so that one can stall alone
    http.setRawHeader("User-Agent", "lares/" + QCoreApplication::applicationVersion().toUtf8());
    http.setRawHeader("Accept-Encoding", "identity");  // else a range may be answered by the whole, packed
    if (!request.range.isEmpty()) http.setRawHeader("Range", request.range);
    if (!m_policy.token.isEmpty() && isSameOrigin(url, m_policy.hub)) {
        http.setRawHeader("Authorization", "Bearer " + m_policy.token);
    }
    if (!m_options.extraCertificates.isEmpty()) {
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.addCaCertificates(QSslCertificate::fromData(m_options.extraCertificates));
        http.setSslConfiguration(tls);
    }
    QNetworkReply* const reply = request.head ? m_access->head(http) : m_access->get(http);
    reply->setReadBufferSize(kReadAheadBytes);
    return reply;
}

}  // namespace lares::app
