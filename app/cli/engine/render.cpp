// `lares-engine render`: a chat template with a JSON context to text. Templates are strangers' programs, so a failing
// one is a result of its own, {"error": {"kind", "message", "line"}}, and with --batch not the end of the others.
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/template/chat_template.h"
#include "inference/tokenizer/tokenizer.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace lares::cli {

namespace {

using Json = nlohmann::ordered_json;
using inference::Error;
using inference::ErrorKind;

std::string readFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file.is_open() || file.bad()) {
        throw Error(ErrorKind::io, "The file " + path.string() + " cannot be read.");
    }
    return text;
}

/// `what` names the text in the sentence of a refusal.
Json parseObject(const std::string& text, const std::string& what) {
    Json value = Json::parse(text, nullptr, false);
    if (!value.is_object()) {
        throw Error(ErrorKind::badRequest, what + " is not a JSON object.");
    }
    return value;
}

/// The clock of strftime_now() where the context fixes it by "now".
inference::RenderOptions optionsOf(const Json& context) {
    inference::RenderOptions options;
    if (!context.contains("now")) {
        return options;
    }
    const Json& now = context["now"];
    options.now = now.is_string() ? inference::parseIsoTime(now.get<std::string>()) : std::nullopt;
    if (!options.now) {
        throw Error(ErrorKind::badRequest, "\"now\" in the context is not a time like 2026-11-24T12:00:00.");
    }
    return options;
}

/// {"text"} or, where the template is at fault, {"error"}.
Json rendered(const std::string& source, const Json& context) {
    const inference::RenderOptions options = optionsOf(context);
    try {
        return {{"text", inference::ChatTemplate::parse(source).render(context, options)}};
    } catch (const inference::TemplateError& error) {
        return {{"error", {{"kind", error.kindWord()}, {"message", error.message()}, {"line", error.line()}}}};
    }
}

int renderBatch(const std::string& path, const std::filesystem::path& folder) {
    std::ifstream lines(path, std::ios::binary);
    if (!lines) {
        throw Error(ErrorKind::io, "The file " + path + " cannot be read.");
    }
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        const std::string what = "Line " + std::to_string(number) + " of " + path;
        const Json row = parseObject(line, what);
        if (!row.contains("template") || !row["template"].is_string() || !row.contains("context")) {
            throw Error(ErrorKind::badRequest, what + " lacks \"template\" (a file) or \"context\".");
        }
        printJson(rendered(readFile(folder / row["template"].get<std::string>()), row["context"]));
    }
    return 0;
}

/// The model's own template; its begin and end tokens go into the context where that does not name them.
std::string templateOf(const std::string& path, Json& context) {
    constexpr std::string_view kKey = "tokenizer.chat_template";
    const auto file = inference::GgufFile::open(path);
    if (file.kind(kKey) != inference::GgufKind::text) {
        throw Error(ErrorKind::badFile, "The model has no chat template of its own.");
    }
    const auto tokenizer = inference::Tokenizer::create(file);
    const auto addToken = [&](const char* key, std::optional<inference::TokenId> token) {
        if (token && !context.contains(key)) {
            context[key] = std::string(tokenizer.name(*token));
        }
    };
    addToken("bos_token", tokenizer.bos());
    addToken("eos_token", tokenizer.eos());
    return std::string(*file.text(kKey));
}

int run(Arguments& arguments) {
    const auto batch = arguments.value("--batch");
    const auto folder = arguments.value("--dir");
    if (batch) {
        arguments.finish();
        return renderBatch(*batch, folder.value_or("."));
    }
    const auto templatePath = arguments.value("--template");
    const auto contextPath = arguments.value("--context");
    const std::string model = templatePath ? std::string() : arguments.word("MODEL or --template");
    arguments.finish();
    if (!contextPath || folder) {
        throw UsageError(folder ? "--dir is for --batch." : "--context is missing.");
    }
    Json context = parseObject(readFile(*contextPath), "The context " + *contextPath);
    const Json result = rendered(templatePath ? readFile(*templatePath) : templateOf(model, context), context);
    printJson(result);
    if (!result.contains("error")) {
        return 0;
    }
    std::fprintf(stderr, "lares-engine: The chat template failed: %s\n",
                 result["error"]["message"].get_ref<const std::string&>().c_str());
    return 1;
}

}  // namespace

const Verb kRenderVerb = {
    "render", "render (MODEL | --template FILE) --context FILE, or render --batch FILE [--dir FOLDER]",
    "a chat template with a JSON context to text; --batch: a line {\"template\": FILE, \"context\": {...}} each", &run};

}  // namespace lares::cli
