#include "app/local_network.h"

#include <QNetworkAccessManager>
#include <QNetworkRequest>

namespace lares::app {
namespace {

class LocalNetwork : public QNetworkAccessManager {
 public:
    using QNetworkAccessManager::QNetworkAccessManager;

 protected:
    QNetworkReply* createRequest(Operation operation, const QNetworkRequest& request, QIODevice* data) override {
        if (request.url().scheme() == QLatin1String("qrc") || request.url().isLocalFile()) {
            return QNetworkAccessManager::createRequest(operation, request, data);
        }
        // A reply must come: QML waits for one. An empty data: URL is answered without leaving the program.
        const QNetworkRequest nothing(QUrl(QStringLiteral("data:,")));
        return QNetworkAccessManager::createRequest(GetOperation, nothing, nullptr);
    }
};

}  // namespace

QNetworkAccessManager* LocalNetworkFactory::create(QObject* parent) {
    return new LocalNetwork(parent);
}

}  // namespace lares::app
