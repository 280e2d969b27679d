#include "app/offline/offline.h"

#include "app/composition.h"
#include "app/offline/samples.h"
#include "storage/stores/stores.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>

namespace lares::app {
namespace {

constexpr qint64 kMinuteMs = 60'000;
constexpr qint64 kDayMs = 24 * 60 * kMinuteMs;

/// An empty file where a sample model would lie, so that it is not shown as missing.
QString placeModel(const QDir& folder, const SampleModel& sample) {
    QFile file(folder.filePath(QString::fromUtf8(sample.file.data(), qsizetype(sample.file.size()))));
    if (!file.open(QIODevice::WriteOnly)) qWarning("%s cannot be written", qUtf8Printable(file.fileName()));
    return file.fileName();
}

/// As the app would have written them; the last sample chat was used ten minutes ago.
void writeSamples(storage::Stores& stores, const QDir& modelFolder, qint64 nowMs) {
    qint64 beforeNowMs = qint64(sampleChats().size()) * 10 * kMinuteMs;
    for (const SampleChat& sample : sampleChats()) {
        const qint64 atMs = nowMs - sample.daysAgo * kDayMs - beforeNowMs;
        beforeNowMs -= 10 * kMinuteMs;
        const std::int64_t chat = stores.chats.createChat(std::string(sample.title), atMs);
        std::int64_t parent = 0;
        for (const SampleMessage& message : sample.messages) {
            const auto role = message.mine ? storage::Role::user : storage::Role::assistant;
            const std::string text(message.text);
            parent = stores.chats.addMessage(chat, parent, role, text, storage::MessageState::complete, atMs);
            if (!message.mine) {
                stores.chats.finishMessage(parent, text, storage::MessageState::complete, std::string(message.details));
            }
        }
        stores.chats.touchChat(chat, atMs);
    }
    for (const SampleModel& sample : sampleModels()) {
        storage::ModelRow row;
        row.path = placeModel(modelFolder, sample).toStdString();
        row.name = sample.name;
        row.architecture = sample.architecture;
        row.quantisation = sample.quantisation;
        row.sizeBytes = std::int64_t(sample.sizeGb * 1e9);
        row.contextLength = sample.contextLength;
        row.addedAtMs = nowMs;
        stores.models.put(row);
    }
}

}  // namespace

struct Offline::Parts {
    QTemporaryDir profile;
    std::unique_ptr<Composition> composition;
};

Offline::Offline(const Script& script, Samples samples) : m_parts(std::make_unique<Parts>()) {
    const QString profile = m_parts->profile.path();
    if (samples == Samples::chatsAndModels) {
        storage::Stores stores(storage::Database::open(Composition::databasePath(profile).toStdString()));
        writeSamples(stores, QDir(profile), QDateTime::currentMSecsSinceEpoch());
    }
    CompositionOptions options;
    options.profileFolder = profile;
    options.makeEngine = [script](const inference::EngineOptions&) { return makeScriptedEngine(script); };
    m_parts->composition = std::make_unique<Composition>(options);
    m_parts->composition->models().listModels();
    m_parts->composition->models().refreshDevices();
}

Offline::~Offline() = default;

Composition& Offline::composition() {
    return *m_parts->composition;
}

}  // namespace lares::app
