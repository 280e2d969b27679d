#include "app/services/net/network_service.h"

#include "app/services/settings/settings_service.h"

#include <algorithm>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace lares::app {

namespace {

constexpr qsizetype kShown = 1000;

}  // namespace

ConnectionItem toItem(const storage::ConnectionRow& row) {
    ConnectionItem item;
    item.id = row.id;
    item.startedAtMs = row.startedAtMs;
    item.endedAtMs = row.endedAtMs.value_or(0);
    item.host = QString::fromStdString(row.host);
    item.reason = QString::fromStdString(row.reason);
    item.bytesUp = row.bytesUp;
    item.bytesDown = row.bytesDown;
    item.result = QString::fromStdString(row.result);
    return item;
}

QByteArray toJson(const QList<ConnectionItem>& connections) {
    const auto when = [](qint64 ms) {
        return ms == 0 ? QJsonValue()
                       : QJsonValue(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs));
    };
    QJsonArray rows;
    for (const ConnectionItem& item : connections) {
        rows += QJsonObject{{"started", when(item.startedAtMs)},
                            {"ended", when(item.endedAtMs)},
                            {"host", item.host},
                            {"reason", item.reason},
                            {"bytes_up", item.bytesUp},
                            {"bytes_down", item.bytesDown},
                            {"result", item.result}};
    }
    return QJsonDocument(rows).toJson(QJsonDocument::Compact);
}

NetworkService::NetworkService(StoreThread& store, SettingsService& settings, bool alwaysOffline, QObject* parent)
    : QObject(parent), m_store(store), m_settings(settings), m_alwaysOffline(alwaysOffline) {
    takePolicy();
    connect(&settings, &SettingsService::changed, this, [this](const QString& key) {
        if (!key.startsWith(QLatin1String("network."))) return;
        takePolicy();
        emit policyChanged();
    });
}

void NetworkService::takePolicy() {
    m_policy.offline = m_alwaysOffline || m_settings.value(setting::kOffline).toString() == QLatin1String("on");
    const QString hub = m_settings.value(setting::kHub).toString();
    m_policy.hub = hub.isEmpty() ? kPublicHub : QUrl(hub);
    m_policy.proxy = m_settings.value(setting::kProxy).toString();
}

qint64 NetworkService::bytesPerSecond() const {
    return qint64(m_settings.value(setting::kDownloadLimit).toInt()) * 1000;
}

void NetworkService::setOffline(bool offline) {
    m_settings.setValue(setting::kOffline, offline ? QStringLiteral("on") : QStringLiteral("off"));
}

void NetworkService::setToken(const QByteArray& token) {
    if (token == m_policy.token) return;
    m_policy.token = token;
    emit policyChanged();
}

NetworkGate::Log NetworkService::log() {
    return [this](const storage::ConnectionRow& row) {
        m_store.ask(
            this, [row](storage::Stores& stores) { stores.connections.put(row); },
            [this, item = toItem(row)] { note(item); }, [this](const Failure& why) { emit failed(why.sentence); });
    };
}

void NetworkService::note(const ConnectionItem& item) {
    const auto known = std::find_if(m_connections.begin(), m_connections.end(),
                                    [&](const ConnectionItem& other) { return other.id == item.id; });
    if (known != m_connections.end()) {
        *known = item;
    } else {
        m_connections.prepend(item);
        if (m_connections.size() > kShown) m_connections.removeLast();
    }
    emit logChanged();
}

void NetworkService::list(int most) {
    const auto read = [most](storage::Stores& stores) {
        QList<ConnectionItem> items;
        for (const storage::ConnectionRow& row : stores.connections.list(most)) items += toItem(row);
        return items;
    };
    const auto show = [this](const QList<ConnectionItem>& items) {
        m_connections = items;
        emit logChanged();
    };
    m_store.ask(this, read, show, [this](const Failure& why) { emit failed(why.sentence); });
}

void NetworkService::forgetLog() {
    m_store.ask(
        this, [](storage::Stores& stores) { stores.connections.erase(); },
        [this] {
            m_connections.clear();
            emit logChanged();
        },
        [this](const Failure& why) { emit failed(why.sentence); });
}

}  // namespace lares::app
