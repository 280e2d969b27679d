// What Lares may connect to, as values and pure functions; any thread. HTTPS always, except towards a mirror that the
// person named with http; redirects by our own rule (RFC 9110, 15.4, says what they mean, not whom to trust); the token
// for the hub's own address alone.
#pragma once

#include <optional>
#include <QByteArray>
#include <QString>
#include <QUrl>

namespace lares::app {

inline const QUrl kPublicHub = QUrl(QStringLiteral("https://huggingface.co"));

struct NetworkPolicy {
    bool offline = false;                      ///< the offline lock: nothing connects
    QUrl hub = kPublicHub;                     ///< or a mirror of it, as the person named it
    QString proxy = QStringLiteral("system");  ///< "system", "none", or an address: http://, socks5://
    QByteArray token = {};                     ///< for gated models; sent to `hub` alone
    bool operator==(const NetworkPolicy&) const = default;
};

/// Scheme, host and port are the same.
bool isSameOrigin(const QUrl& a, const QUrl& b);

/// A sentence that says why nothing may connect to `url`; empty: it may.
QString refusalOf(const QUrl& url, const NetworkPolicy& policy);

struct Redirect {
    QUrl target;      ///< valid when it may be followed
    QString refusal;  ///< else a sentence
};

/// What a Location header (perhaps relative, perhaps with characters that had to be encoded) leads to. What names the
/// public hub leads to the mirror where one is set.
Redirect redirectFrom(const QUrl& from, const QByteArray& location, const NetworkPolicy& policy);

/// "Retry-After" as seconds from now, at most a day: a number or a date (RFC 9110, 10.2.3). None: not understood.
std::optional<qint64> retryAfterSeconds(const QByteArray& header, qint64 nowMs);

/// "bytes a-b/total" or "bytes */total" (RFC 9110, 14.4); -1 for what is not told.
struct ContentRange {
    qint64 first = -1, last = -1, total = -1;
};
std::optional<ContentRange> contentRangeOf(const QByteArray& header);

/// An ETag without W/ and quotes.
QByteArray bareEtag(const QByteArray& header);

}  // namespace lares::app
