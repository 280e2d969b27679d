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

namespace {

/// Shaders count 4-byte words in 32 bits, so a window stays under 4 GiB whatever the device allows.
std::uint64_t largestWindow(const DeviceLimits& limits) {
    return std::min({limits.maxStorageBufferRangeBytes, limits.maxAllocationBytes, (std::uint64_t{4} << 30) - 16});
}

void uploadRows(Uploader& uploader, const Format& format, std::uint32_t columns, const std::byte* source,
                BufferView target) {
    const std::uint64_t rowBytes = format.packedRowBytes(columns), fileRowBytes = format.fileRowBytes(columns);
    uploader.upload(
        target,
        [&](std::span<std::byte> part, std::uint64_t offset) {
            const std::byte* fileRow = source + offset / rowBytes * fileRowBytes;
            for (std::size_t at = 0; at < part.size(); at += rowBytes, fileRow += fileRowBytes) {
                format.packRow(fileRow, columns, part.data() + at);
            }
        },
        rowBytes);
}

}  // namespace

WeightMatrix uploadWeightMatrix(Device& device, Uploader& uploader, const Format& format, std::uint32_t rows,
                                std::uint32_t columns, std::span<const std::byte> fileBytes, const std::string& name,
                                std::uint64_t maxWindowBytes) {
    assert(rows > 0 && columns > 0 && columns % format.blockElements == 0);
    const std::uint64_t fileRowBytes = format.fileRowBytes(columns);
    assert(fileBytes.size() == rows * fileRowBytes);

    const std::uint64_t rowBytes = format.packedRowBytes(columns);
    const std::uint64_t limit = std::min(maxWindowBytes, largestWindow(device.info().limits));
    if (rowBytes > limit) {
        throw Error(ErrorKind::unsupported, "A row of the model's weights is larger than this device can address.",
                    name);
    }
    const auto windowRows = static_cast<std::uint32_t>(std::min<std::uint64_t>(rows, limit / rowBytes));

    WeightMatrix matrix{&format, rows, columns, {}};
    for (std::uint32_t first = 0; first < rows; first += windowRows) {
        const std::uint32_t count = std::min(windowRows, rows - first);
        const auto memory =
            std::make_shared<const Buffer>(device.createBuffer(count * rowBytes, MemoryUse::device, name));
        matrix.windows.push_back({memory, *memory, first, count});
        uploadRows(uploader, format, columns, fileBytes.data() + first * fileRowBytes, *memory);
    }
    return matrix;
}

std::shared_ptr<const Buffer> createJointMemory(Device& device, const Format& format,
                                                std::span<const std::uint32_t> rowCounts, std::uint32_t columns,
                                                const std::string& name) {
    const std::uint64_t rowBytes = format.packedRowBytes(columns);
    std::uint64_t bytes = 0;
    for (const std::uint32_t rows : rowCounts) {
        if (bytes % device.info().limits.minStorageOffsetAlignment != 0) return nullptr;
        bytes += rows * rowBytes;
    }
    if (bytes > largestWindow(device.info().limits)) return nullptr;
    return std::make_shared<const Buffer>(device.createBuffer(bytes, MemoryUse::device, name));
}

WeightMatrix uploadWeightMatrix(Uploader& uploader, const Format& format, std::uint32_t rows, std::uint32_t columns,
                                std::span<const std::byte> fileBytes, std::shared_ptr<const Buffer> memory,
                                std::uint32_t firstRow) {
    assert(fileBytes.size() == rows * format.fileRowBytes(columns));
    const std::uint64_t rowBytes = format.packedRowBytes(columns);
    const BufferView place(*memory, firstRow * rowBytes, rows * rowBytes);
    uploadRows(uploader, format, columns, fileBytes.data(), place);
    return {&format, rows, columns, {{std::move(memory), place, 0, rows}}};
}

std::optional<WeightMatrix> joined(const WeightMatrix& upper, const WeightMatrix& lower) {
    if (upper.windows.size() != 1 || lower.windows.size() != 1) return std::nullopt;
    const WeightWindow& first = upper.windows.front();
    const WeightWindow& second = lower.windows.front();
    if (first.memory != second.memory || first.buffer.offset + first.buffer.size != second.buffer.offset) {
        return std::nullopt;
    }
    const std::uint32_t rows = upper.rows + lower.rows;
    const BufferView both(*first.memory, first.buffer.offset, first.buffer.size + second.buffer.size);
    return WeightMatrix{upper.format, rows, upper.columns, {{first.memory, both, 0, rows}}};
}

}  // namespace lares::vulkan
