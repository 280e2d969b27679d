// How long attention takes: lares_attention_bench [heads [key/value heads [head size [layers]]]]. Microseconds of one
// layer, for single rows and for prompts at several depths, over as many layers' f16 caches one after the other as a
// model has, so that no cache stays close to the processors. Best of several runs. Build with -O2 or more.
#include "vulkan/kernels/attention/attention.h"
#include "vulkan/kernels/step.h"
#include "vulkan/runtime/command_list.h"
#include "vulkan/runtime/device.h"
#include "vulkan/runtime/instance.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

using namespace lares::vulkan;

namespace {

struct Model {
    std::uint32_t heads, headsKv, headSize, layers;
};

struct Layer {
    Buffer keys, values;
};

constexpr std::uint32_t kCapacity = 16384 + 512;

double microseconds(Device& device, const Model& model, const std::vector<Layer>& layers, std::uint32_t rows,
                    std::uint32_t depth) {
    const AttentionShape shape{rows, model.heads, model.headsKv, model.headSize, kCapacity};
    const std::uint64_t bytes = std::uint64_t{rows} * model.heads * model.headSize * 4;
    const Buffer query = device.createBuffer(bytes, MemoryUse::device, "query");
    const Buffer out = device.createBuffer(bytes, MemoryUse::device, "out");
    const Buffer scratch = device.createBuffer(attentionScratchBytes(shape), MemoryUse::device, "scratch");
    const Buffer step = device.createBuffer(sizeof(StepParams), MemoryUse::upload, "step");
    const StepParams params{depth, rows};
    std::memcpy(step.mapped().data(), &params, sizeof params);
    CommandList zero(device, "zero");
    zero.fill(scratch, 0);
    zero.fill(query, 0x3c003c00);
    zero.finish();
    device.wait(device.submit(zero));

    CommandList commands(device, "attention");
    for (const Layer& layer : layers) {
        recordAttention(commands, device,
                        {.query = query,
                         .keyCache = layer.keys,
                         .valueCache = layer.values,
                         .out = out,
                         .scratch = scratch,
                         .step = step,
                         .shape = shape,
                         .scale = 0.1f,
                         .sinks = {},
                         .slopes = {},
                         .exact = false});
    }
    commands.finish();
    double best = 1e12;
    for (int run = 0; run < 10; ++run) {
        const auto start = std::chrono::steady_clock::now();
        device.wait(device.submit(commands));
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best * 1e6 / static_cast<double>(layers.size());
}

}  // namespace

int main(int argc, char** argv) {
    const auto number = [&](int i, int otherwise) {
        return static_cast<std::uint32_t>(argc > i ? std::atoi(argv[i]) : otherwise);
    };
    const Model model{number(1, 32), number(2, 8), number(3, 128), number(4, 32)};
    Instance instance;
    Device device(instance, instance.preferredDevice());
    std::printf("%s, %s %s; %u heads, %u of keys and values, %u numbers, %u layers\n", device.info().name.c_str(),
                device.info().driverName.c_str(), device.info().driverInfo.c_str(), model.heads, model.headsKv,
                model.headSize, model.layers);
    const std::uint64_t positionBytes = std::uint64_t{model.headsKv} * model.headSize * 2;
    std::vector<Layer> layers;
    CommandList fill(device, "fill");
    for (std::uint32_t i = 0; i < model.layers; ++i) {
        layers.push_back({device.createBuffer(kCapacity * positionBytes, MemoryUse::device, "keys"),
                          device.createBuffer(kCapacity * positionBytes, MemoryUse::device, "values")});
        fill.fill(layers.back().keys, 0x2c003400);
        fill.fill(layers.back().values, 0x38003c00);
    }
    fill.finish();
    device.wait(device.submit(fill));

    for (const std::uint32_t rows : {1u, 4u, 8u}) {
        for (const std::uint32_t depth : {0u, 512u, 4096u, 16383u}) {
            const double us = microseconds(device, model, layers, rows, depth);
            const double gigabytes = 2e-9 * static_cast<double>(positionBytes * (depth + rows));
            std::printf("%3u rows at %5u: %8.2f us %8.1f GB/s\n", rows, depth, us, gigabytes / us * 1e6);
        }
    }
    for (const std::uint32_t depth : {0u, 3584u, 16383u - 512u}) {
        constexpr std::uint32_t kRows = 512;
        const double us = microseconds(device, model, layers, kRows, depth);
        const double work = 4e-12 * model.heads * model.headSize * kRows * (depth + kRows / 2.0);
        std::printf("%3u rows at %5u: %8.2f us %8.1f TFLOP/s\n", kRows, depth, us, work / us * 1e6);
    }
}
