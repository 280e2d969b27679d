// `lares-engine bench`: how fast a model reads a prompt and writes an answer here, and what of the machine that takes:
// the share of the speed at which memory can be read, the processor's time, the commands a device is handed. Medians
// over some runs, after one that is not counted because it compiles the shaders. Tokens are given, so nothing is
// guessed ahead.
#include "app/cli/engine/bandwidth.h"
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "vulkan/kernels/stream_read/stream_read.h"

#include <algorithm>
#include <chrono>
#include <ctime>

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

    std::uint32_t length() const { return depth + std::max(promptTokens, generatedTokens); }
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

struct GenerateSpeed {
    double tokensPerSecond = 0;
    double cpuUsPerToken = 0;
};

double secondsOn(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

GenerateSpeed generateSpeed(inference::Context& context, std::span<const inference::TokenId> tokens,
                            const BenchPlan& plan, clockid_t cpuClock) {
    fillTo(context, tokens, plan.depth);
    const Clock::time_point start = Clock::now();
    const double cpuStart = secondsOn(cpuClock);
    for (std::uint32_t i = 0; i < plan.generatedTokens; ++i) context.append(tokens[plan.depth + i]);
    return {plan.generatedTokens / secondsSince(start), (secondsOn(cpuClock) - cpuStart) * 1e6 / plan.generatedTokens};
}

/// Of the time that is not the device's: all threads of this program, or with Vulkan in software, which computes on
/// threads of its own, the one that hands over the work.
clockid_t cpuClockOf(const OpenModel& open) {
    const bool software = open.device && open.device->info().type == vulkan::DeviceType::software;
    return software ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID;
}

struct BenchRuns {
    std::vector<double> prompt, generated, cpuUs;
};

BenchRuns measure(OpenModel& open, const BenchPlan& plan, std::int64_t repeats) {
    inference::Context& context = open.model->context();
    const auto tokens = someTokens(plan.length(), open.model->tokenizer().vocabularySize());
    const clockid_t clock = cpuClockOf(open);
    promptSpeed(context, tokens, plan);
    generateSpeed(context, tokens, {plan.promptTokens, std::min(plan.generatedTokens, 4u), plan.depth}, clock);
    BenchRuns runs;
    for (std::int64_t i = 0; i < repeats; ++i) runs.prompt.push_back(promptSpeed(context, tokens, plan));
    for (std::int64_t i = 0; i < repeats; ++i) {
        const GenerateSpeed speed = generateSpeed(context, tokens, plan, clock);
        runs.generated.push_back(speed.tokensPerSecond);
        runs.cpuUs.push_back(speed.cpuUsPerToken);
    }
    return runs;
}

/// Vulkan in software reads the processor's memory, and slower than that can be read: the measure is what it could do.
double measureBandwidth(const OpenModel& open, std::uint32_t threads) {
    const bool card = open.device && open.device->info().type != vulkan::DeviceType::software;
    return card ? vulkan::measureReadBandwidth(*open.device) : measureProcessorBandwidth(threads);
}

Json report(OpenModel& open, const BenchRuns& runs, std::uint32_t threads) {
    const double tokensPerSecond = median(runs.generated);
    const std::uint64_t bytes = open.model->bytesPerToken();
    const double used = static_cast<double>(bytes) * tokensPerSecond / 1e9;
    const double most = measureBandwidth(open, threads) / 1e9;
    Json json = {{"device", open.model->deviceName()},
                 {"driver", open.device ? Json(open.device->info().driverName + " " + open.device->info().driverInfo)
                                        : Json(nullptr)},
                 {"pp_tokens_per_s", median(runs.prompt)},
                 {"tg_tokens_per_s", tokensPerSecond},
                 {"load_s", open.loadSeconds},
                 {"bytes_per_token", bytes},
                 {"bandwidth_gb_per_s", used},
                 {"read_gb_per_s", most},
                 {"bandwidth_share", used / most}};
    const auto commands = open.model->commandsPerToken();
    json["dispatches_per_token"] = commands ? Json(commands->dispatches) : Json(nullptr);
    json["barriers_per_token"] = commands ? Json(commands->barriers) : Json(nullptr);
    json["cpu_us_per_token"] = open.device ? Json(median(runs.cpuUs)) : Json(nullptr);
    json["runs"] = {{"pp", runs.prompt}, {"tg", runs.generated}};
    return json;
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

    options.contextLength = plan.length();
    OpenModel open(path, options);
    const std::uint32_t capacity = open.model->context().capacity();
    if (capacity < plan.length()) {
        throw inference::Error(inference::ErrorKind::badRequest,
                               "The model's context is too short for this: it holds " + std::to_string(capacity) +
                                   " tokens, and " + std::to_string(plan.length()) +
                                   " are needed. Choose a smaller -p, -n or -d.");
    }
    printJson(report(open, measure(open, plan, repeats), options.threads));
    return 0;
}

}  // namespace

const Verb kBenchVerb = {"bench",
                         "bench MODEL [-p 512] [-n 128] [-d DEPTH] [-r REPEATS] [--lora FILE[:SCALE]]...\n"
                         "      [--device cpu|vulkan|vulkan:N] [--threads N] [--exact]",
                         "prompt and generation speed", &run};

}  // namespace lares::cli
