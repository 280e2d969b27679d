// `lares network-log`: every connection that was ever made. Makes none itself.
#include "app/cli/command.h"
#include "inference/error.h"

#include <cstdio>
#include <QDateTime>
#include <QEventLoop>
#include <QLocale>

namespace lares::cli {

int runNetworkLog(const app::CompositionOptions& options, Arguments& arguments) {
    const bool json = arguments.flag("--json");
    arguments.finish();
    app::Composition composition(options);
    app::NetworkService& network = composition.network();
    QEventLoop loop;
    QString failure;
    QObject::connect(&network, &app::NetworkService::logChanged, &loop, &QEventLoop::quit);
    QObject::connect(&network, &app::NetworkService::failed, &loop, [&](const QString& sentence) {
        failure = sentence;
        loop.quit();
    });
    network.list(0);
    loop.exec();
    if (!failure.isEmpty()) throw inference::Error(inference::ErrorKind::io, failure.toStdString());
    if (json) return std::printf("%s\n", app::toJson(network.connections()).constData()), 0;
    if (network.connections().isEmpty()) return std::puts("None, ever."), 0;
    for (const app::ConnectionItem& item : network.connections()) {
        const QString when = QDateTime::fromMSecsSinceEpoch(item.startedAtMs).toString(Qt::ISODate);
        const QString result = item.result.isEmpty() ? QStringLiteral("not ended") : item.result;
        std::printf("%s  %s  %s  up %lld, down %lld bytes  %s\n", qUtf8Printable(when), qUtf8Printable(item.host),
                    qUtf8Printable(item.reason), static_cast<long long>(item.bytesUp),
                    static_cast<long long>(item.bytesDown), qUtf8Printable(result));
    }
    return 0;
}

}  // namespace lares::cli
