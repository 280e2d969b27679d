// The network as the person rules it: the offline lock, hub, proxy and limit of the settings, put into force at once;
// the access token, kept by the system's keyring; and the log of every connection. Lives in the GUI thread. Connects
// nowhere: that is the gate's.
#pragma once

#include "app/services/net/network_gate.h"
#include "app/services/threads/threads.h"

#include <QList>
#include <QObject>

namespace lares::app {

class SettingsService;

struct ConnectionItem {
    qint64 id = 0;
    qint64 startedAtMs = 0;
    qint64 endedAtMs = 0;  ///< 0: still open, or the program ended before it
    QString host, reason;
    qint64 bytesUp = 0, bytesDown = 0;
    QString result;  ///< empty while open
};

class NetworkService : public QObject {
    Q_OBJECT

 public:
    /// `alwaysOffline`: of --offline; the lock then cannot be opened.
    NetworkService(StoreThread& store, SettingsService& settings, bool alwaysOffline, QObject* parent = nullptr);

    const NetworkPolicy& policy() const { return m_policy; }
    qint64 bytesPerSecond() const;  ///< 0: no limit
    bool isOffline() const { return m_policy.offline; }
    void setOffline(bool offline);  ///< keeps it as the setting
    /// Of this program's life; the keyring is TokenKeeper's business.
    void setToken(const QByteArray& token);

    /// For whoever makes the gate; may be called from its thread and comes back in this one.
    NetworkGate::Log log();
    void list(int most = 1000);                                                 ///< 0: all; answered by logChanged()
    const QList<ConnectionItem>& connections() const { return m_connections; }  ///< the newest first
    void forgetLog();

 signals:
    void policyChanged();  ///< or the limit
    void logChanged();
    void failed(const QString& sentence);

 private:
    void takePolicy();
    void note(const ConnectionItem& item);

    StoreThread& m_store;
    SettingsService& m_settings;
    const bool m_alwaysOffline;
    NetworkPolicy m_policy;
    QList<ConnectionItem> m_connections;
};

ConnectionItem toItem(const storage::ConnectionRow& row);
/// One JSON array: when (ISO 8601, UTC), host, why, bytes up and down, result.
QByteArray toJson(const QList<ConnectionItem>& connections);

}  // namespace lares::app
