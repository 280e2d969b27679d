// The hub for the window and the terminal: questions go to the network thread, answers come back to this one, the
// GUI's.
#pragma once

#include "app/services/models/network_thread.h"

#include <QObject>

namespace lares::app {

class HubService : public QObject {
    Q_OBJECT

 public:
    /// `filter` is what the engine computes.
    HubService(NetworkThread& network, HubFilter filter, QObject* parent = nullptr);

    void search(const QString& words, const HubCallback& done);
    void files(const QString& repository, const QString& revision, const HubCallback& done);
    const HubFilter& filter() const { return m_filter; }

    /// The download of one variant into `<modelsFolder>/<owner>/<name>`.
    static DownloadTask taskFor(const HubModel& model, const HubVariant& variant, const QString& modelsFolder);

 private:
    HubCallback comingBack(const HubCallback& done);

    NetworkThread& m_network;
    const HubFilter m_filter;
};

}  // namespace lares::app
