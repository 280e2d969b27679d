#include "app/services/models/hub/hub_address.h"

#include "app/services/net/network_gate.h"

#include <algorithm>
#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

namespace lares::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Hub", text);
}

QString encoded(const QString& text, const QByteArray& kept = {}) {
    return QString::fromLatin1(QUrl::toPercentEncoding(text, kept));
}

QUrl below(const QUrl& hub, const QString& rest) {
    QString base =
        hub.toString(QUrl::FullyEncoded | QUrl::StripTrailingSlash | QUrl::RemoveQuery | QUrl::RemoveFragment);
    while (base.endsWith(QLatin1Char('/'))) base.chop(1);
    return QUrl(base + rest, QUrl::StrictMode);
}

/// The hub's own words, cut to what fits a sentence.
QString ownWords(const GateAnswer& answer) {
    return QString::fromUtf8(answer.header("X-Error-Message")).simplified().left(200);
}

}  // namespace

bool isRepositoryName(const QString& name) {
    static const QRegularExpression pattern(QStringLiteral("\\A[A-Za-z0-9][\\w.-]{0,95}/[A-Za-z0-9][\\w.-]{0,95}\\z"));
    return pattern.match(name).hasMatch() && !name.contains(QLatin1String(".."));
}

bool isSafePath(const QString& path) {
    const QStringList names = path.split(QLatin1Char('/'));
    return !path.isEmpty() && path.size() <= 1000 && std::all_of(names.begin(), names.end(), [](const QString& name) {
        const bool fits = !name.isEmpty() && name.toUtf8().size() <= 200;
        const bool plain = std::none_of(name.begin(), name.end(), [](QChar c) {
            return c.category() == QChar::Other_Control || c.category() == QChar::Other_Format ||
                   c == QLatin1Char('\\');
        });
        return fits && plain && name != QLatin1String(".") && name != QLatin1String("..");
    });
}

QUrl fileAddress(const QUrl& hub, const QString& repository, const QString& revision, const QString& path) {
    return below(hub, QLatin1Char('/') + encoded(repository, "/") + QStringLiteral("/resolve/") + encoded(revision) +
                          QLatin1Char('/') + encoded(path, "/"));
}

QUrl apiAddress(const QUrl& hub, const QString& rest) {
    return below(hub, QStringLiteral("/api/models") + rest);
}

HubReply hubReply(const GateAnswer& answer, const QString& repository) {
    const int status = answer.status();
    const QByteArray code = answer.header("X-Error-Code");
    if (status >= 200 && status < 300) return {};
    if (status == 408 || status == 429 || status >= 500) {
        return {HubVerdict::busy, tr("The hub is busy (%1).").arg(status)};
    }
    if (code == "GatedRepo") {
        const QString page = kPublicHub.toString() + QLatin1Char('/') + repository;
        if (status == 401) {
            return {HubVerdict::denied,
                    tr("The makers of this model ask who takes it. Agree to their terms at %1, then "
                       "put your access token into the settings.")
                        .arg(page)};
        }
        return {HubVerdict::denied,
                tr("Your account has no access to this model yet. Ask for it at %1; some makers answer by hand.")
                    .arg(page)};
    }
    if (code == "EntryNotFound") {
        return {HubVerdict::denied, tr("This file is no longer there; it may have been renamed. Look at the list of "
                                       "files again.")};
    }
    if (code == "RevisionNotFound") {
        return {HubVerdict::denied,
                tr("This version of the model is no longer there. Look at the list of files again.")};
    }
    if (status == 401 && (code.isEmpty() ? ownWords(answer).contains(QLatin1String("Authorization")) : false)) {
        return {HubVerdict::denied,
                tr("The hub does not know your access token. Take it out of the settings, or put in "
                   "a valid one.")};
    }
    if (status == 401 || status == 404) {
        return {HubVerdict::denied, tr("%1 is not there, or is private.").arg(repository)};
    }
    const QString words = ownWords(answer);
    return {HubVerdict::denied,
            words.isEmpty() ? tr("The hub refused with code %1.").arg(status) : tr("The hub refused: %1").arg(words)};
}

}  // namespace lares::app
