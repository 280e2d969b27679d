// The real services over a held engine and a database in memory, with the view-models on top.
#pragma once

#include "app/composition.h"
#include "tests/support/held_engine.h"
#include "ui/chat/chat_list_model.h"
#include "ui/chat/chat_view_model.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace lares::ui {

struct ViewModelFixture {
    ViewModelFixture()
        : composition(app::CompositionOptions{
              [shared = script](const inference::EngineOptions&) { return std::make_unique<test::HeldEngine>(shared); },
              {},
              {}}) {}

    /// A file that the held engine takes for a model.
    QString modelFile(const QString& name) const {
        const QString path = folder.filePath(name + QStringLiteral(".gguf"));
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write("GGUF") == 4 ? path : QString();
    }

    [[nodiscard]] bool loadModel() {
        composition.models().select(modelFile(QStringLiteral("Tiny")));
        return QTest::qWaitFor([this] { return composition.models().state() == app::ModelState::ready; });
    }

    QTemporaryDir folder;
    std::shared_ptr<test::EngineScript> script = std::make_shared<test::EngineScript>();
    app::Composition composition;
};

/// The open chat and the list beside it.
struct ChatFixture : ViewModelFixture {
    QDateTime now = QDateTime::currentDateTime();
    ChatViewModel chat{composition.chats(), composition.models(), composition.library(), composition.sideQuestions()};
    ChatListModel list{composition.chats(), composition.library(), chat, [this] { return now; }};

    /// Sends and waits for the whole answer.
    [[nodiscard]] bool ask(const QString& text) {
        chat.setDraft(text);
        if (!chat.canSend()) return false;
        chat.send();
        return QTest::qWaitFor([this] { return !chat.busy() && chat.chatId() != 0 && list.currentRow() >= 0; });
    }
};

}  // namespace lares::ui
