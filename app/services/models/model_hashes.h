// SHA-256 of model files: computed once for each file, at low priority and away from everything else, and kept in the
// store under the file's size and time. Gigabytes take a while, so it comes when it comes. Lives in the GUI thread.
#pragma once

#include "app/services/threads/threads.h"

#include <memory>
#include <QObject>
#include <QString>
#include <QThread>
#include <stop_token>

namespace lares::app {

class ModelHashes : public QObject {
    Q_OBJECT

 public:
    explicit ModelHashes(StoreThread& store, QObject* parent = nullptr);
    ~ModelHashes() override;

    /// Answered by known, at once when the store has it; never for a file that cannot be read. A file asked for while
    /// another is being hashed takes its place.
    void ask(const QString& path);
    void requestStop();  ///< composition's last call

 signals:
    void known(const QString& path, const QString& sha256);

 private:
    void compute(const storage::ModelHash& file);

    StoreThread& m_store;
    std::unique_ptr<QThread> m_thread;
    std::stop_source m_stop;
};

}  // namespace lares::app
