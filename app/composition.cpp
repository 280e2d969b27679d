#include "app/composition.h"

#include "app/services/models/model_hashes.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTimer>

namespace lares::app {

namespace {

constexpr qint64 kDayMs = qint64{24} * 60 * 60 * 1000;
constexpr qint64 kTrashMs = 30 * kDayMs;  // a deleted chat can come back for this long

storage::Database openDatabase(const QString& profileFolder) {
    if (profileFolder.isEmpty()) return storage::Database::inMemory();
    QDir().mkpath(profileFolder);
    QFile::setPermissions(profileFolder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return storage::Database::open(Composition::databasePath(profileFolder).toStdString());
}

/// What was opened where the caller can hear why it cannot be goes to the storage thread after that.
Maker<storage::Stores> handOver(std::unique_ptr<storage::Stores> stores) {
    return [box = std::make_shared<std::unique_ptr<storage::Stores>>(std::move(stores))] { return std::move(*box); };
}

inference::EngineOptions engineOptions(const QString& profileFolder) {
    inference::EngineOptions options;
    if (!profileFolder.isEmpty()) options.cacheFolder = QDir(profileFolder).filePath("cache").toStdString();
    return options;
}

HubFilter filterOf(const inference::Abilities& abilities) {
    HubFilter filter;
    for (const std::string& name : abilities.architectures) filter.architectures += QString::fromStdString(name);
    for (const std::string& name : abilities.formats) filter.formats += QString::fromStdString(name);
    return filter;
}

}  // namespace

std::unique_ptr<storage::Stores> openStores(const QString& profileFolder) {
    return std::make_unique<storage::Stores>(openDatabase(profileFolder));
}

struct Composition::Parts {
    Parts(CompositionOptions options, std::unique_ptr<storage::Stores> stores, const SettingsService::Stored& stored)
        : store(QStringLiteral("storage"), handOver(std::move(stores))),
          inference(QStringLiteral("inference"), {}),  // the model service says which engine
          settings(store, stored),
          models(store, inference, settings, std::move(options.makeEngine), engineOptions(options.profileFolder),
                 options.device),
          chats(store, inference, settings),
          sideQuestions(store, inference, settings, chats),
          library(store, chats),
          transfer(store, chats),
          hashes(store),
          network(store, settings, options.offline),
          networkThread(QStringLiteral("network"), {}),
          hub(networkThread, filterOf(inference::abilities())),
          downloads(store, networkThread),
          profileFolder(options.profileFolder) {
        networkThread.replace([policy = network.policy(), log = network.log(), given = options.network,
                               sinks = downloads.sinks(), rate = network.bytesPerSecond()] {
            auto made = std::make_unique<Network>(policy, log, given, sinks);
            made->downloads.setRate(rate);
            return made;
        });
        QObject::connect(&network, &NetworkService::policyChanged, &downloads, [this] { takePolicy(); });
        QObject::connect(&downloads, &DownloadService::ready, &models,
                         [this](const DownloadTask&, const QString& path) { models.addFile(path); });
        QObject::connect(&chats, &ChatService::messageChanged, &models, [this](const ChatMessageItem& message) {
            if (message.state == MessageState::failed) models.verify();
        });
        // The load is asked of the inference thread before the answer is: first in, first out.
        QObject::connect(&chats, &ChatService::modelWanted, &models, [this](const QString& path) {
            const bool there = models.state() == ModelState::ready || models.state() == ModelState::loading;
            if (!there || models.current().path != path) models.select(path);
        });
        QObject::connect(&models, &ModelService::stateChanged, &hashes, [this](ModelState state) {
            if (state == ModelState::ready) hashes.ask(models.current().path);
        });
        QObject::connect(&hashes, &ModelHashes::known, &chats, &ChatService::setModelHash);
        trashTimer.setInterval(int(kDayMs));
        trashTimer.setTimerType(Qt::VeryCoarseTimer);
        QObject::connect(&trashTimer, &QTimer::timeout, &chats, [this] { emptyOldTrash(); });
        trashTimer.start();
        // Behind what a window asks for first: in a huge store this takes seconds.
        QTimer::singleShot(0, &chats, [this] { emptyOldTrash(); });
    }

    void emptyOldTrash() {
        const auto empty = [beforeMs = QDateTime::currentMSecsSinceEpoch() - kTrashMs](storage::Stores& open) {
            open.chats.purgeDeleted(beforeMs);
        };
        store.ask(&chats, empty, [] {});
    }

    void takePolicy() {
        const auto apply = [policy = network.policy(), rate = network.bytesPerSecond()](Network& open) {
            open.gate.setPolicy(policy);
            open.downloads.setRate(rate);
        };
        networkThread.ask(&downloads, apply, [] {});
    }

    StoreThread store;
    InferenceThread inference;
    SettingsService settings;
    ModelService models;
    ChatService chats;
    SideQuestions sideQuestions;
    LibraryService library;
    TransferService transfer;
    ModelHashes hashes;
    QTimer trashTimer;
    NetworkService network;
    NetworkThread networkThread;
    HubService hub;
    DownloadService downloads;
    QString profileFolder;
};

Composition::Composition(CompositionOptions options) {
    auto stores = openStores(options.profileFolder);
    stores->chats.recoverInterrupted();
    const SettingsService::Stored stored = stores->settings.all();
    m_parts = std::make_unique<Parts>(std::move(options), std::move(stores), stored);
}

Composition::~Composition() {
    m_parts->chats.requestStop();
    m_parts->sideQuestions.requestStop();
    m_parts->models.requestStop();
    m_parts->hashes.requestStop();
    m_parts->library.requestStop();
    m_parts->networkThread.close();
    m_parts->inference.close();
    m_parts->chats.settle();
    m_parts->store.close();
}

QString Composition::databasePath(const QString& profileFolder) {
    return QDir(profileFolder).filePath(QStringLiteral("lares.db"));
}

SettingsService& Composition::settings() {
    return m_parts->settings;
}

ModelService& Composition::models() {
    return m_parts->models;
}

ChatService& Composition::chats() {
    return m_parts->chats;
}

SideQuestions& Composition::sideQuestions() {
    return m_parts->sideQuestions;
}

LibraryService& Composition::library() {
    return m_parts->library;
}

TransferService& Composition::transfer() {
    return m_parts->transfer;
}

NetworkService& Composition::network() {
    return m_parts->network;
}

HubService& Composition::hub() {
    return m_parts->hub;
}

DownloadService& Composition::downloads() {
    return m_parts->downloads;
}

QString Composition::modelsFolder() const {
    const QString set = m_parts->settings.value(setting::kModelsFolder).toString();
    return set.isEmpty() ? QDir(m_parts->profileFolder).filePath(QStringLiteral("models")) : set;
}

}  // namespace lares::app
