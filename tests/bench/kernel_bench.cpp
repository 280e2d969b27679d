// How fast the matrix products are:
//   lares_kernel_bench [FORMAT[,FORMAT..]|all [ROWSxCOLUMNS[,..] [BATCH[,..] [KERNEL[,..]]]]]
// KERNEL is automatic, exact, matvec, tiled, cooperative, or a tile of the cooperative one,
// ROWSxBATCH/PARTROWSxPARTBATCH/ STEPWORDS/STAGES as in matmul.h: 128x128/32x64/1/2. Weights are random, and as many
// matrices take turns as no cache holds. Best of several runs of a command list with a round of products in it. No
// validation. Build with -O2 or more.
#include "vulkan/formats/formats.h"
#include "vulkan/kernels/matmul/matmul.h"
#include "vulkan/kernels/weight_matrix.h"
#include "vulkan/runtime/command_list.h"
#include "vulkan/runtime/device.h"
#include "vulkan/runtime/instance.h"
#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

using namespace lares::vulkan;

namespace {

constexpr std::uint64_t kLargestCacheBytes = 64 << 20;
constexpr std::uint32_t kMostMatrices = 64;

std::vector<std::string> parts(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');) result.push_back(part);
    return result;
}

double secondsOf(Device& device, const CommandList& commands) {
    double best = 1e9;
    for (int run = 0; run < 6; ++run) {
        const auto start = std::chrono::steady_clock::now();
        device.wait(device.submit(commands));
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

/// Random bytes are random weights, but for a bit of each: so no half precision number in them is larger than 2.
std::vector<std::byte> randomFile(const Format& format, std::uint32_t rows, std::uint32_t columns) {
    std::vector<std::byte> file(rows * format.fileRowBytes(columns));
    std::mt19937 random(1);
    for (std::byte& byte : file) byte = static_cast<std::byte>(random() & 0xbf);
    return file;
}

/// What is asked for on the command line; false where the word is not known.
bool setKernel(const std::string& word, MatmulArgs& args) {
    CooperativeTile tile{};
    args.exact = word == "exact";
    if (word == "automatic" || word == "exact") {
        args.kernel = MatmulKernel::automatic;
    } else if (word == "matvec") {
        args.kernel = MatmulKernel::matvec;
    } else if (word == "tiled") {
        args.kernel = MatmulKernel::tiled;
    } else if (word == "cooperative") {
        args.kernel = MatmulKernel::cooperative;
    } else if (std::sscanf(word.c_str(), "%ux%u/%ux%u/%u/%u", &tile.rows, &tile.batch, &tile.partRows, &tile.partBatch,
                           &tile.stepWords, &tile.stages) == 6) {
        args.kernel = MatmulKernel::cooperative;
        args.cooperativeTile = tile;
    } else {
        return false;
    }
    return true;
}

std::vector<float> randomActivations(std::size_t count) {
    std::mt19937 random(2);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    return values;
}

double nmse(const std::vector<float>& expected, const std::vector<float>& actual) {
    double squares = 0, errors = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double truth = expected[i], error = truth - actual[i];
        squares += truth * truth;
        errors += error * error;
    }
    return errors / squares;
}

struct Bench {
    Device& device;
    std::vector<std::string> batches, kernels;

    void run(const Format& format, std::uint32_t rows, std::uint32_t columns) {
        const std::uint64_t bytes = packedMatrixBytes(format, rows, columns);
        const auto count =
            static_cast<std::uint32_t>(std::clamp<std::uint64_t>(2 * kLargestCacheBytes / bytes, 2, kMostMatrices));
        const std::vector<std::byte> file = randomFile(format, rows, columns);
        std::vector<WeightMatrix> matrices;
        Uploader uploader(device);
        for (std::uint32_t i = 0; i < count; ++i) {
            matrices.push_back(uploadWeightMatrix(device, uploader, format, rows, columns, file, "weights"));
        }
        uploader.flush();
        for (const std::string& batch : batches) {
            for (const std::string& kernel : kernels) {
                measure(matrices, static_cast<std::uint32_t>(std::atoi(batch.c_str())), kernel);
            }
        }
    }

    std::vector<float> resultOf(const WeightMatrix& weights, const MatmulArgs& args) {
        const Buffer host = device.createBuffer(args.out.size, MemoryUse::readback, "result");
        CommandList commands(device, "result");
        recordMatmul(commands, device, weights, args);
        commands.copy(args.out, host);
        commands.finish();
        device.wait(device.submit(commands));
        std::vector<float> values(args.out.size / 4);
        std::memcpy(values.data(), host.mapped().data(), args.out.size);
        return values;
    }

    void measure(const std::vector<WeightMatrix>& matrices, std::uint32_t batch, const std::string& kernel) {
        const WeightMatrix& first = matrices.front();
        const Buffer in = device.createBuffer(std::uint64_t{batch} * first.columns * 4, MemoryUse::device, "in");
        const Buffer out = device.createBuffer(std::uint64_t{batch} * first.rows * 4, MemoryUse::device, "out");
        Uploader uploader(device);
        const std::vector<float> activations = randomActivations(in.size() / 4);
        uploader.upload(in, std::as_bytes(std::span(activations)));
        uploader.flush();
        std::printf("%-7s %6ux%-6u %4u rows  %-20s ", first.format->name, first.rows, first.columns, batch,
                    kernel.c_str());
        MatmulArgs args{.in = in, .out = out, .bias = {}, .residual = {}, .rows = batch};
        const std::vector<float> exact = resultOf(first, args);
        if (!setKernel(kernel, args)) {
            std::printf("is not known\n");
            return;
        }
        try {
            CommandList commands(device, "bench");
            for (const WeightMatrix& weights : matrices) recordMatmul(commands, device, weights, args);
            commands.finish();
            const double seconds = secondsOf(device, commands) / static_cast<double>(matrices.size());
            const auto bytes = static_cast<double>(packedMatrixBytes(*first.format, first.rows, first.columns));
            std::printf("%9.1f us %8.1f GB/s %8.2f TFLOP/s  error %.1e\n", seconds * 1e6, bytes / seconds * 1e-9,
                        2e-12 * first.rows * first.columns * batch / seconds, nmse(exact, resultOf(first, args)));
        } catch (const Error& error) {
            std::printf("%s\n", error.what());
        }
        std::fflush(stdout);
    }
};

}  // namespace

int main(int argc, char** argv) {
    const auto words = [&](int at, const char* otherwise) { return parts(argc > at ? argv[at] : otherwise); };
    const std::vector<std::string> wanted = words(1, "all");

    Instance instance;
    Device device(instance, instance.preferredDevice());
    std::printf("%s, %s %s\n", device.info().name.c_str(), device.info().driverName.c_str(),
                device.info().driverInfo.c_str());
    Bench bench{device, words(3, "1,8,128"), words(4, "automatic")};
    for (const Format& format : formats()) {
        if (wanted.front() != "all" && std::ranges::find(wanted, format.name) == wanted.end()) continue;
        for (const std::string& shape : words(2, "2048x2048")) {
            std::uint32_t rows = 0, columns = 0;
            if (std::sscanf(shape.c_str(), "%ux%u", &rows, &columns) != 2) {
                std::printf("unknown shape %s\n", shape.c_str());
                return 1;
            }
            bench.run(format, rows, columns);
        }
    }
}
