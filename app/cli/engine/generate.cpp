// `lares-engine generate`: one answer, as it comes. Ctrl+C ends it early and cleanly.
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/engine.h"

#include <iostream>
#include <limits>

namespace lares::cli {

namespace {

using Json = nlohmann::ordered_json;

const char* reasonName(inference::FinishReason reason) {
    switch (reason) {
        case inference::FinishReason::endOfText:
            return "end_of_text";
        case inference::FinishReason::stopString:
            return "stop_string";
        case inference::FinishReason::maxTokens:
            return "max_tokens";
        case inference::FinishReason::contextFull:
            return "context_full";
        case inference::FinishReason::cancelled:
            return "cancelled";
    }
    return "";
}

Json toJson(const inference::Finish& finish) {
    const inference::GenerateStats& stats = finish.stats;
    return {
        {"finish", reasonName(finish.reason)},   {"prompt_tokens", stats.promptTokens},
        {"reused_tokens", stats.reusedTokens},   {"generated_tokens", stats.generatedTokens},
        {"drafted_tokens", stats.draftedTokens}, {"accepted_tokens", stats.acceptedTokens},
        {"prompt_s", stats.promptSeconds},       {"time_to_first_token_s", stats.timeToFirstTokenSeconds},
        {"generate_s", stats.generateSeconds},   {"seed", stats.seed},
        {"context_length", stats.contextLength}, {"device", stats.device},
        {"template", stats.templateSource},      {"tokens", finish.tokens},
    };
}

inference::SamplingParams takeSampling(Arguments& arguments) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    inference::SamplingParams sampling;
    const auto real = [&](std::string_view name, float& value) {
        if (const auto number = arguments.number(name)) value = static_cast<float>(*number);
    };
    real("--temperature", sampling.temperature);
    real("--top-p", sampling.topP);
    real("--min-p", sampling.minP);
    real("--repeat-penalty", sampling.repeatPenalty);
    sampling.topK = static_cast<std::int32_t>(takeInteger(arguments, "--top-k", sampling.topK, 0, kMost));
    if (const auto seed = arguments.integer("--seed")) sampling.seed = static_cast<std::uint64_t>(*seed);
    return sampling;
}

int run(Arguments& arguments) {
    const ComputeOptions options = takeComputeOptions(arguments, true);
    inference::GenerateRequest request;
    request.sampling = takeSampling(arguments);
    request.raw = arguments.flag("--raw");
    request.maxTokens =
        static_cast<std::int32_t>(takeInteger(arguments, "-n", -1, -1, std::numeric_limits<std::int32_t>::max()));
    while (const auto stop = arguments.value("--stop")) request.stopStrings.push_back(*stop);
    if (arguments.flag("--draft")) request.drafting = inference::Drafting::whereFaster;
    if (arguments.flag("--no-draft")) request.drafting = inference::Drafting::off;
    const bool withStats = arguments.flag("--stats");
    const auto prompt = arguments.value("--prompt");
    const std::string path = arguments.word("MODEL");
    arguments.finish();
    if (!prompt) throw UsageError("--prompt is needed.");
    request.prompt = *prompt;
    request.messages = {{inference::Role::user, *prompt}};

    const Interrupt interrupt;
    inference::EngineOptions engineOptions;
    engineOptions.device = options.device;
    engineOptions.threads = options.threads;
    engineOptions.exact = options.exact;
    const auto engine = inference::makeEngine(engineOptions);
    const auto info = engine->load({path, options.contextLength, options.adapters}, {}, interrupt.token());
    if (!info) return 0;  // stopped while loading
    for (const std::string& warning : info->warnings) std::cerr << "lares-engine: " << warning << "\n";

    inference::EventSink sink;
    sink.onText = [](const inference::TextPiece& piece) { std::cout << piece.text << std::flush; };
    const inference::Finish finish = engine->generate(request, sink, interrupt.token());
    std::cout << std::endl;
    if (withStats) printJson(toJson(finish));
    return 0;
}

}  // namespace

const Verb kGenerateVerb = {
    "generate",
    "generate MODEL --prompt TEXT [--raw] [-n N] [--temperature T] [--seed S] [--top-k K] [--top-p P] [--min-p P]\n"
    "      [--repeat-penalty R] [--stop TEXT]... [--context N] [--draft|--no-draft] [--stats] [--lora FILE[:SCALE]]... "
    "[--device "
    "cpu|vulkan|vulkan:N] [--threads N] [--exact]",
    "an answer to TEXT, or with --raw its continuation; --stats adds a line of JSON; --draft guesses\n      tokens "
    "ahead "
    "on graphics cards too, --no-draft nowhere",
    &run};

}  // namespace lares::cli
