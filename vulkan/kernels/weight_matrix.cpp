// See weight_matrix.h.
#include "vulkan/kernels/weight_matrix.h"

#include "vulkan/runtime/device.h"
#include "vulkan/runtime/error.h"
#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <cassert>

namespace lares::vulkan {

std::uint64_t packedMatrixBytes(const Format& format, std::uint32_t rows, std::uint32_t columns) {
    return std::uint64_t{rows} * format.packedRowBytes(columns);
}

WeightMatrix uploadWeightMatrix(Device& device, Uploader& uploader, const Format& format, std::uint32_t rows,
                                std::uint32_t columns, std::span<const std::byte> fileBytes, const std::string& name,
                                std::uint64_t maxWindowBytes) {
    assert(rows > 0 && columns > 0 && columns % format.blockElements == 0);
    const std::uint64_t fileRowBytes = format.fileRowBytes(columns);
    assert(fileBytes.size() == rows * fileRowBytes);

    const std::uint64_t rowBytes = format.packedRowBytes(columns);
    // Shaders count 4-byte words in 32 bits, so a window stays under 4 GiB whatever the device allows.
    const std::uint64_t limit = std::min({maxWindowBytes, device.info().limits.maxStorageBufferRangeBytes,
                                          device.info().limits.maxAllocationBytes, (std::uint64_t{4} << 30) - 16});
    if (rowBytes > limit) {
        throw Error(ErrorKind::unsupported, "A row of the model's weights is larger than this device can address.",
                    name);
    }
    const auto windowRows = static_cast<std::uint32_t>(std::min<std::uint64_t>(rows, limit / rowBytes));

    WeightMatrix matrix{&format, rows, columns, {}};
    for (std::uint32_t first = 0; first < rows; first += windowRows) {
        const std::uint32_t count = std::min(windowRows, rows - first);
        matrix.windows.push_back({device.createBuffer(count * rowBytes, MemoryUse::device, name), first, count});
        const std::byte* const source = fileBytes.data() + first * fileRowBytes;
        uploader.upload(
            matrix.windows.back().buffer,
            [&](std::span<std::byte> part, std::uint64_t offset) {
                const std::byte* fileRow = source + offset / rowBytes * fileRowBytes;
                for (std::size_t at = 0; at < part.size(); at += rowBytes, fileRow += fileRowBytes) {
                    format.packRow(fileRow, columns, part.data() + at);
                }
            },
            rowBytes);
    }
    return matrix;
}

}  // namespace lares::vulkan
