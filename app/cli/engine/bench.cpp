// `lares-engine bench`: how fast a model reads a prompt and writes an answer here. Medians over some runs, after one
// that is not counted because it compiles the shaders.
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"

#include <algorithm>
#include <chrono>

namespace lares::cli {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> numbers) {
    std::ranges::sort(numbers);
    const std::size_t middle = numbers.size() / 2;
    return numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

/// Tokens all over the vocabulary, the same ones every time.
std::vector<inference::TokenId> someTokens(std::size_t count, std::uint32_t vocabulary) {
    std::vector<inference::TokenId> tokens;
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < count; ++i) {
        state = state * 1664525u + 1013904223u;
        tokens.push_back(static_cast<inference::TokenId>((state >> 8) % vocabulary));
    }
    return tokens;
}

struct BenchPlan {
    std::uint32_t promptTokens, generatedTokens, depth;
};

/// Brings the cache to `depth` tokens; not timed.
void fillTo(inference::Context& context, std::span<const inference::TokenId> tokens, std::uint32_t depth) {
    context.clear();
    if (depth > 0) context.prefill(tokens.first(depth), {}, {});
}

/// Tokens per second of one prompt of plan.promptTokens behind plan.depth others.
double promptSpeed(inference::Context& context, std::span<const inference::TokenId> tokens, const BenchPlan& plan) {
    fillTo(context, tokens, plan.depth);
    const Clock::time_point start = Clock::now();
    context.prefill(tokens.first(plan.depth + plan.promptTokens), {}, {});
    return plan.promptTokens / secondsSince(start);
}

double generateSpeed(inference::Context& context, std::span<const inference::TokenId> tokens, const BenchPlan& plan) {
    fillTo(context, tokens, plan.depth);
    const Clock::time_point start = Clock::now();
    for (std::uint32_t i = 0; i < plan.generatedTokens; ++i) context.append(tokens[plan.depth + i]);
    return plan.generatedTokens / secondsSince(start);
}

int run(Arguments& arguments) {
    constexpr std::int64_t kMost = 1 << 20;
    ComputeOptions options = takeComputeOptions(arguments, false);
    BenchPlan plan{};
    plan.promptTokens = static_cast<std::uint32_t>(takeInteger(arguments, "-p", 512, 1, kMost));
    plan.generatedTokens = static_cast<std::uint32_t>(takeInteger(arguments, "-n", 128, 1, kMost));
    plan.depth = static_cast<std::uint32_t>(takeInteger(arguments, "-d", 0, 0, kMost));
    const std::int64_t repeats = takeInteger(arguments, "-r", 5, 1, 1000);
    const std::string path = arguments.word("MODEL");
    arguments.finish();

    const std::uint32_t length = plan.depth + std::max(plan.promptTokens, plan.generatedTokens);
    options.contextLength = length;
    OpenModel open(path, options);
    inference::Context& context = open.model->context();
    if (context.capacity() < length) {
        throw inference::Error(inference::ErrorKind::badRequest,
                               "The model's context is too short for this: it holds " +
                                   std::to_string(context.capacity()) + " tokens, and " + std::to_string(length) +
                                   " are needed. Choose a smaller -p, -n or -d.");
    }
    const auto tokens = someTokens(length, open.model->tokenizer().vocabularySize());

    promptSpeed(context, tokens, plan);
    generateSpeed(context, tokens, {plan.promptTokens, std::min(plan.generatedTokens, 4u), plan.depth});
    std::vector<double> prompt, generated;
    for (std::int64_t i = 0; i < repeats; ++i) prompt.push_back(promptSpeed(context, tokens, plan));
    for (std::int64_t i = 0; i < repeats; ++i) generated.push_back(generateSpeed(context, tokens, plan));

    const double generateMedian = median(generated);
    const std::uint64_t bytes = open.model->bytesPerToken();
    printJson({{"device", open.model->deviceName()},
               {"pp_tokens_per_s", median(prompt)},
               {"tg_tokens_per_s", generateMedian},
               {"load_s", open.loadSeconds},
               {"bytes_per_token", bytes},
               {"bandwidth_gb_per_s", static_cast<double>(bytes) * generateMedian / 1e9},
               {"runs", {{"pp", prompt}, {"tg", generated}}}});
    return 0;
}

}  // namespace

const Verb kBenchVerb = {"bench",
                         "bench MODEL [-p 512] [-n 128] [-d DEPTH] [-r REPEATS] [--lora FILE[:SCALE]]...\n"
                         "      [--device cpu|vulkan|vulkan:N] [--threads N] [--exact]",
                         "prompt and generation speed", &run};

}  // namespace lares::cli
