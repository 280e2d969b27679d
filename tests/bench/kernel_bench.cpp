// How fast the matrix products are: lares_kernel_bench [format [rows columns [batch]]]. Each format with one row of
// activations (GB/s of weights) and with many (GFLOP/s), best of several runs of a command list with the product in it
// several times. No validation layers. Build with -O2 or more.
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
#include <string>
#include <vector>

using namespace lares::vulkan;

namespace {

double secondsOf(Device& device, const CommandList& commands) {
    double best = 1e9;
    for (int run = 0; run < 6; ++run) {
        const auto start = std::chrono::steady_clock::now();
        device.wait(device.submit(commands));
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

double secondsPerProduct(Device& device, const WeightMatrix& weights, std::uint32_t batch, int repeats) {
    const Buffer in = device.createBuffer(std::uint64_t{batch} * weights.columns * 4, MemoryUse::readback, "in");
    const Buffer out = device.createBuffer(std::uint64_t{batch} * weights.rows * 4, MemoryUse::device, "out");
    const auto bytes = in.mapped();
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
        const float value = static_cast<float>(i % 1000) / 1000.0f - 0.5f;
        std::memcpy(bytes.data() + i, &value, 4);
    }
    CommandList commands(device, "bench");
    for (int i = 0; i < repeats; ++i) {
        recordMatmul(commands, device, weights, {.in = in, .out = out, .bias = {}, .residual = {}, .rows = batch});
    }
    commands.finish();
    return secondsOf(device, commands) / repeats;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string only = argc > 1 ? argv[1] : "all";
    const auto rows = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 2048);
    const auto columns = static_cast<std::uint32_t>(argc > 3 ? std::atoi(argv[3]) : 2048);
    const auto batch = static_cast<std::uint32_t>(argc > 4 ? std::atoi(argv[4]) : 128);

    Instance instance;
    Device device(instance, instance.preferredDevice());
    std::printf("%s, %s %s; [%u, %u]\n", device.info().name.c_str(), device.info().driverName.c_str(),
                device.info().driverInfo.c_str(), rows, columns);
    for (const Format& format : formats()) {
        if (only != "all" && only != format.name) continue;
        const std::vector<std::byte> file(rows * format.fileRowBytes(columns), std::byte{0x11});
        Uploader uploader(device);
        const WeightMatrix weights = uploadWeightMatrix(device, uploader, format, rows, columns, file, "weights");
        uploader.flush();
        const double gigabytes = static_cast<double>(packedMatrixBytes(format, rows, columns)) * 1e-9;
        const double gigaflops = 2e-9 * rows * columns;
        const double one = secondsPerProduct(device, weights, 1, 8);
        const double eight = secondsPerProduct(device, weights, 8, 4);
        const double many = secondsPerProduct(device, weights, batch, 1);
        std::printf("%-5s 1 row %6.2f GB/s %6.1f GFLOP/s   8 rows %6.1f GFLOP/s   %u rows %6.1f GFLOP/s\n", format.name,
                    gigabytes / one, gigaflops / one, gigaflops * 8 / eight, batch, gigaflops * batch / many);
    }
}
