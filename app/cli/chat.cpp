// `lares chat`: the same chats as in the window, line by line.
#include "app/cli/command.h"
#include "app/cli/model_choice.h"
#include "app/cli/terminal_input.h"
#include "app/services/chat/chat_service.h"
#include "inference/error.h"

#include <cstdio>
#include <QEventLoop>
#include <QFileInfo>

namespace lares::cli {

namespace {

using app::ChatMessageItem;
using app::ChatService;
using app::ModelService;
using app::ModelState;

void print(const QString& text) {
    const QByteArray bytes = text.toUtf8();  // a model may write any character, NUL among them
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

void tell(const QString& sentence) {
    std::fprintf(stderr, "%s\n", qUtf8Printable(sentence));
}

/// True when it is loaded; false when Ctrl+C ended it. Throws with the sentence of a failure.
bool load(ModelService& models, TerminalInput& input, const QString& path) {
    QEventLoop loop;
    LoadingLine line(QFileInfo(path).completeBaseName());
    QObject::connect(&models, &ModelService::progressChanged, &loop, [&](double part) { line.show(part); });
    QObject::connect(&models, &ModelService::stateChanged, &loop, [&](ModelState state) {
        if (state != ModelState::loading) loop.quit();
    });
    QObject::connect(&input, &TerminalInput::interrupted, &loop, [&] { models.cancelLoading(); });
    models.select(path);
    loop.exec();
    if (models.state() == ModelState::failed) {
        throw inference::Error(inference::ErrorKind::badRequest, models.failure().toStdString());
    }
    return models.state() == ModelState::ready;
}

/// One question and its answer, printed as it comes. Returns the chat's id, `chatId` again where nothing could be kept.
qint64 answer(ChatService& chats, TerminalInput& input, qint64 chatId, const QString& question) {
    QEventLoop loop;
    qint64 answerId = 0;
    qsizetype printed = 0;
    QObject::connect(&chats, &ChatService::submitted, &loop, [&](quint64, qint64 chat, qint64 answer) {
        chatId = chat;
        answerId = answer;
    });
    QObject::connect(&chats, &ChatService::submitFailed, &loop, [&](quint64, const QString&, const QString& sentence) {
        tell(sentence);
        loop.quit();
    });
    QObject::connect(&chats, &ChatService::messageChanged, &loop, [&](const ChatMessageItem& message) {
        if (message.id != answerId) return;
        print(message.text.mid(printed));
        printed = message.text.size();
        if (message.state == app::MessageState::writing) return;
        if (printed > 0) print(QStringLiteral("\n"));
        if (!message.error.isEmpty()) tell(message.error);
        loop.quit();
    });
    QObject::connect(&input, &TerminalInput::interrupted, &loop, [&] { chats.stop(chatId); });
    chats.submit(chatId, question);
    loop.exec();
    return chatId;
}

}  // namespace

int runChat(const app::CompositionOptions& options, Arguments& arguments) {
    const auto wanted = arguments.value("--model");
    arguments.finish();

    TerminalInput input;
    app::Composition composition(options);
    const QString path = chooseModel(composition.models(), composition.settings(), wanted);
    if (!load(composition.models(), input, path)) return 1;
    tell(QStringLiteral("%1. %2").arg(composition.models().current().name,
                                      deviceSentence(composition.models().device())));
    if (input.isTerminal()) tell(QStringLiteral("Ctrl+C stops an answer, Ctrl+D ends the chat; it is kept."));
    QObject::connect(&composition.chats(), &ChatService::failed, [](const QString& sentence) { tell(sentence); });

    qint64 chatId = 0;
    while (const std::optional<QString> line = input.readLine(QStringLiteral("\n> "))) {
        if (!line->trimmed().isEmpty()) chatId = answer(composition.chats(), input, chatId, *line);
    }
    if (input.isTerminal()) print(QStringLiteral("\n"));
    return 0;
}

}  // namespace lares::cli
