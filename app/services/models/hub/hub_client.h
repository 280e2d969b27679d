// Questions to the hub's API, one answer each: a list of models, a model with its files at one commit. Lives in the
// network thread; nothing is asked by itself.
#pragma once

#include "app/services/models/hub/hub_values.h"

#include <functional>
#include <QObject>

namespace lares::app {

class NetworkGate;

struct HubAnswer {
    QString failure;  ///< a sentence; empty: it worked
    QList<HubModel> models;
    HubModel model;  ///< of files(): at its commit
    QList<DownloadFile> files;
    bool isOffline = false;
};
using HubCallback = std::function<void(const HubAnswer&)>;  ///< in the network thread, once

class HubClient : public QObject {
    Q_OBJECT

 public:
    explicit HubClient(NetworkGate& gate, QObject* parent = nullptr) : QObject(parent), m_gate(gate) {}

    /// GGUF models whose names have these words, most downloaded first.
    void search(const QString& words, int limit, const HubCallback& done);
    /// The revision becomes a commit first, so that all that follows is of one state.
    void files(const QString& repository, const QString& revision, const HubCallback& done);

 private:
    using Fetched = std::function<void(const QByteArray& json, const QUrl& next)>;
    void fetch(const QUrl& url, const QString& reason, const QString& repository, const HubCallback& failed,
               const Fetched& fetched);
    void treePage(const QUrl& url, HubAnswer answer, int page, const HubCallback& done);

    NetworkGate& m_gate;
};

}  // namespace lares::app
