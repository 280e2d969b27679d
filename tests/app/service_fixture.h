// The real services over a held engine, in a profile on disk that survives the composition.
#pragma once

#include "app/composition.h"
#include "tests/support/held_engine.h"

#include <memory>
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace lares::test {

struct ServiceFixture {
    ServiceFixture() { open(); }

    void open() {
        composition.emplace(app::CompositionOptions{[this](const inference::EngineOptions& options) {
                                                        devices.push_back(options.device);  // inference thread, alone
                                                        return std::make_unique<HeldEngine>(script);
                                                    },
                                                    folder.path(),
                                                    {}});
    }
    /// As at the program's end and its next start.
    void restart() {
        composition.reset();
        open();
    }

    app::ChatService& chats() { return composition->chats(); }
    app::ModelService& models() { return composition->models(); }
    app::SettingsService& settings() { return composition->settings(); }

    QString modelFile(const QString& name) const {
        const QString path = folder.filePath(name + QStringLiteral(".gguf"));
        QFile file(path);
        return file.open(QIODevice::WriteOnly) ? path : QString();
    }
    [[nodiscard]] bool loadModel() {
        models().select(modelFile(QStringLiteral("Tiny")));
        return QTest::qWaitFor([this] { return models().state() == app::ModelState::ready; });
    }

    /// The store as another program sees it, while this one runs.
    storage::Stores store() const {
        return storage::Stores(storage::Database::open(app::Composition::databasePath(folder.path()).toStdString()));
    }

    QTemporaryDir folder;
    std::vector<std::string> devices;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    std::optional<app::Composition> composition;
};

}  // namespace lares::test
