#include "app/services/net/network_policy.h"

#include <algorithm>
#include <QCoreApplication>
#include <QDateTime>
#include <QHostAddress>
#include <QLocale>
#include <QTimeZone>

namespace lares::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Network", text);
}

bool isLoopback(const QUrl& url) {
    return url.host() == QLatin1String("localhost") || QHostAddress(url.host()).isLoopback();
}

bool isWithin(const QString& host, const QString& domain) {
    return host == domain || host.endsWith(QLatin1Char('.') + domain);
}

/// The hub itself, and where its files lie.
bool isHubHost(const QUrl& url, const NetworkPolicy& policy) {
    const QString host = url.host().toLower();
    if (isSameOrigin(url, policy.hub) || isWithin(host, policy.hub.host().toLower())) return true;
    if (isLoopback(url)) return isLoopback(policy.hub);
    return isWithin(host, QStringLiteral("huggingface.co")) || isWithin(host, QStringLiteral("hf.co"));
}

}  // namespace

bool isSameOrigin(const QUrl& a, const QUrl& b) {
    const auto port = [](const QUrl& url) { return url.port(url.scheme() == QLatin1String("https") ? 443 : 80); };
    return a.scheme() == b.scheme() && a.host().compare(b.host(), Qt::CaseInsensitive) == 0 && port(a) == port(b);
}

QString refusalOf(const QUrl& url, const NetworkPolicy& policy) {
    if (policy.offline) {
        return tr("The offline lock is on, so nothing was asked. Open it in the settings to go on.");
    }
    const bool plainIsWanted = url.scheme() == QLatin1String("http") && policy.hub.scheme() == QLatin1String("http");
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != QLatin1String("https") && !plainIsWanted)) {
        return tr("The address %1 is not a protected one (https), so it was not asked.")
            .arg(url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery));
    }
    if (!url.userInfo().isEmpty()) return tr("An address with a name and a password in it was not asked.");
    if (!isHubHost(url, policy)) {
        return tr("The hub pointed to %1, which is none of its own addresses; it was not asked.").arg(url.host());
    }
    return {};
}

Redirect redirectFrom(const QUrl& from, const QByteArray& location, const NetworkPolicy& policy) {
    QUrl target = from.resolved(QUrl::fromEncoded(location.trimmed(), QUrl::TolerantMode));
    target.setFragment({});
    const bool leadsToPublicHub = isSameOrigin(target, kPublicHub) && !isSameOrigin(policy.hub, kPublicHub);
    if (leadsToPublicHub && !isSameOrigin(from, kPublicHub)) {
        target.setScheme(policy.hub.scheme());
        target.setHost(policy.hub.host());
        target.setPort(policy.hub.port());
    }
    if (from.scheme() == QLatin1String("https") && target.scheme() != QLatin1String("https")) {
        return {{}, tr("The hub pointed to an address that is not protected (https); it was not asked.")};
    }
    const QString refusal = refusalOf(target, policy);
    if (!refusal.isEmpty()) return {{}, refusal};
    return {target, {}};
}

std::optional<qint64> retryAfterSeconds(const QByteArray& header, qint64 nowMs) {
    constexpr qint64 kDay = 86'400;
    bool isNumber = false;
    const qint64 seconds = header.trimmed().toLongLong(&isNumber);
    if (isNumber) return seconds < 0 ? std::nullopt : std::optional(std::min(seconds, kDay));
    QDateTime date = QLocale::c().toDateTime(QString::fromLatin1(header.trimmed()),
                                             QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    if (!date.isValid()) return std::nullopt;
    date.setTimeSpec(Qt::UTC);
    return std::clamp<qint64>((date.toMSecsSinceEpoch() - nowMs + 999) / 1000, 0, kDay);
}

std::optional<ContentRange> contentRangeOf(const QByteArray& header) {
    const QByteArray text = header.trimmed().toLower();
    if (!text.startsWith("bytes ")) return std::nullopt;
    const qsizetype slash = text.indexOf('/');
    if (slash < 0) return std::nullopt;
    const auto number = [](const QByteArray& digits) -> std::optional<qint64> {
        bool fine = false;
        const qint64 value = digits.trimmed().toLongLong(&fine);
        return fine && value >= 0 ? std::optional(value) : std::nullopt;
    };
    ContentRange range;
    const QByteArray total = text.mid(slash + 1).trimmed();
    if (total != "*") {
        const auto value = number(total);
        if (!value) return std::nullopt;
        range.total = *value;
    }
    const QByteArray span = text.mid(6, slash - 6).trimmed();
    if (span == "*") return range;
    const auto first = number(span.left(span.indexOf('-')));
    const auto last = number(span.mid(span.indexOf('-') + 1));
    const bool contradicts = !first || !last || *last < *first || (range.total >= 0 && *last >= range.total);
    if (!span.contains('-') || contradicts) return std::nullopt;
    range.first = *first;
    range.last = *last;
    return range;
}

QByteArray bareEtag(const QByteArray& header) {
    QByteArray tag = header.trimmed();
    if (tag.startsWith("W/")) tag.remove(0, 2);
    if (tag.size() >= 2 && tag.startsWith('"') && tag.endsWith('"')) tag = tag.mid(1, tag.size() - 2);
    return tag;
}

}  // namespace lares::app
