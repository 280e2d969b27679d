// The network as the QML engine gets it: none. Whatever asks for http, ftp or anything else that is not part of the
// program or a file of this machine receives an empty answer, so that a model's text can never send data out through an
// image or a link. What a person asks for goes through app/services/net.
#pragma once

#include <QQmlNetworkAccessManagerFactory>

namespace lares::app {

/// Set on the engine before its first load; must outlive it. create() may be called from any thread.
class LocalNetworkFactory : public QQmlNetworkAccessManagerFactory {
 public:
    QNetworkAccessManager* create(QObject* parent) override;
};

}  // namespace lares::app
