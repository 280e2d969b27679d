// Who owns whom: one database, three threads, the services; started in this order and stopped in the reverse one.
// Lives in the GUI thread. The window, the terminal commands and lares-offline differ only in the options they pass.
#pragma once

#include "app/services/chat/chat_service.h"
#include "app/services/chat/side_questions.h"
#include "app/services/library/library_service.h"
#include "app/services/models/downloads/download_service.h"
#include "app/services/models/hub/hub_service.h"
#include "app/services/models/library/found_models.h"
#include "app/services/models/model_service.h"
#include "app/services/net/network_service.h"
#include "app/services/settings/settings_service.h"
#include "app/services/transfer/transfer_service.h"

#include <memory>
#include <QString>

namespace lares::app {

struct CompositionOptions {
    EngineFactory makeEngine;  ///< called on the inference thread; inference::makeEngine, or a scripted one
    QString profileFolder;     ///< everything is kept in here; made when missing. Empty: in memory, gone at the end
    QString device;            ///< of --device; empty: the setting decides
    bool offline = false;      ///< of --offline: the lock cannot be opened
    NetworkOptions network = {};
    ModelPlaces places = {};  ///< where other programs keep models
};

/// The store of a profile, made when missing. Throws storage::Error.
std::unique_ptr<storage::Stores> openStores(const QString& profileFolder);

struct Composition {
    /// Opens the store. Throws storage::Error with a sentence (newer, corrupt, disk full...); then nothing was started.
    /// No model is loaded yet: see ModelService::selectLastUsed. Needs a QCoreApplication.
    explicit Composition(CompositionOptions options);
    /// Stops answers (what there is of them is saved), joins the threads, closes the store.
    ~Composition();
    Composition(const Composition&) = delete;
    Composition& operator=(const Composition&) = delete;

    /// The store of a profile.
    static QString databasePath(const QString& profileFolder);

    SettingsService& settings();
    ModelService& models();
    ChatService& chats();
    SideQuestions& sideQuestions();
    LibraryService& library();
    TransferService& transfer();
    NetworkService& network();
    HubService& hub();
    DownloadService& downloads();
    /// Where downloads are put now.
    QString modelsFolder() const;

 private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace lares::app
