// `lares ask`: one question, one answer. Ctrl+C keeps what was said so far.
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_choice.h"
#include "app/services/chat/chat_values.h"

#include <cstdio>
#include <iostream>
#include <iterator>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

namespace lares::cli {

namespace {

std::string readQuestion(Arguments& arguments) {
    std::optional<std::string> text = arguments.optionalWord();
    arguments.finish();
    if (!text) text.emplace(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    if (QString::fromStdString(*text).trimmed().isEmpty()) throw UsageError("There is no question.");
    return *text;
}

inference::GenerateRequest requestFor(const app::SettingsService& settings, std::string question) {
    inference::GenerateRequest request = app::requestFrom(settings);
    const QString system = settings.value(app::setting::kSystemPrompt).toString();
    if (!system.trimmed().isEmpty()) request.messages.push_back({inference::Role::system, system.toStdString()});
    request.messages.push_back({inference::Role::user, std::move(question)});
    return request;
}

void tellDevice(inference::Engine& engine) {
    for (const inference::DeviceReport& report : engine.devices()) {
        if (report.chosen && report.kind == "software") {
            std::cerr << deviceSentence(app::toItem(report)).toStdString() << std::endl;
        }
    }
}

QJsonObject result(const std::string& answer, const inference::ModelInfo& model, const inference::Finish& finish,
                   const inference::GenerateRequest& request) {
    return {{"answer", QString::fromStdString(answer)},
            {"model", QString::fromStdString(model.name)},
            {"citations", QJsonArray()},
            {"stats", app::detailsOf(finish, model, request)}};
}

}  // namespace

int runAsk(const app::CompositionOptions& options, Arguments& arguments) {
    const bool json = arguments.flag("--json");
    const auto wanted = arguments.value("--model");
    const std::string question = readQuestion(arguments);

    const Interrupt interrupt;
    app::Composition composition(options);
    const QString path = chooseModel(composition.models(), composition.settings(), wanted);
    const auto engine = options.makeEngine(composition.models().engineOptions());
    std::optional<inference::ModelInfo> model;
    {
        LoadingLine line(QFileInfo(path).completeBaseName());
        const auto show = [&](const inference::LoadProgress& done) {
            if (done.bytesTotal > 0) line.show(double(done.bytesDone) / double(done.bytesTotal));
        };
        model = engine->load(composition.models().loadRequest(path), show, interrupt.token());
    }
    if (!model) {
        std::cerr << "Stopped while the model was being loaded." << std::endl;
        return 1;
    }
    for (const std::string& warning : model->warnings) std::cerr << warning << std::endl;
    tellDevice(*engine);

    const inference::GenerateRequest request = requestFor(composition.settings(), question);
    std::string answer;
    inference::EventSink sink;
    sink.onText = [&](const inference::TextPiece& piece) {
        if (json) {
            answer += piece.text;
        } else {
            std::cout << piece.text << std::flush;
        }
    };
    const inference::Finish finish = engine->generate(request, sink, interrupt.token());
    if (json) {
        const QJsonObject object = result(answer, *model, finish, request);
        std::cout << QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
    }
    std::cout << std::endl;
    return std::cout ? 0 : 1;
}

}  // namespace lares::cli
