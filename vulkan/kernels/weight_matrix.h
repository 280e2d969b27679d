// A matrix of weights on the device, packed as formats/formats.h says, and cut into windows of rows where it is larger
// than the device lets one shader see (maxStorageBufferRange).
#pragma once

#include "vulkan/formats/formats.h"
#include "vulkan/runtime/buffer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lares::vulkan {

class Device;
class Uploader;

/// Rows [firstRow, firstRow + rowCount) of the matrix, packed row after row.
struct WeightWindow {
    std::shared_ptr<const Buffer> memory;
    BufferView buffer;  ///< all of the memory, or a piece of what several matrices share
    std::uint32_t firstRow = 0;
    std::uint32_t rowCount = 0;
};

/// [rows, columns]; row r holds the weights of output r.
struct WeightMatrix {
    const Format* format = nullptr;
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::vector<WeightWindow> windows;  ///< in order of rows
};

/// Bytes that the matrix takes on the device.
std::uint64_t packedMatrixBytes(const Format& format, std::uint32_t rows, std::uint32_t columns);

/// Creates the buffers and packs the file's rows into the uploader's memory. `fileBytes` is exactly rows rows of the
/// format; it is read before the function returns. The device has the weights once the uploader was flushed.
/// `maxWindowBytes` only makes windows smaller than the device would allow (tests). Throws Error (outOfMemory).
WeightMatrix uploadWeightMatrix(Device& device, Uploader& uploader, const Format& format, std::uint32_t rows,
                                std::uint32_t columns, std::span<const std::byte> fileBytes, const std::string& name,
                                std::uint64_t maxWindowBytes = ~std::uint64_t{0});

/// Memory for matrices that are to lie one under the other, with `rowCounts` rows each: null where a shader could not
/// see all of them at once, or not each by itself.
std::shared_ptr<const Buffer> createJointMemory(Device& device, const Format& format,
                                                std::span<const std::uint32_t> rowCounts, std::uint32_t columns,
                                                const std::string& name);

/// The same into a piece of joint memory, from `firstRow` of it on.
WeightMatrix uploadWeightMatrix(Uploader& uploader, const Format& format, std::uint32_t rows, std::uint32_t columns,
                                std::span<const std::byte> fileBytes, std::shared_ptr<const Buffer> memory,
                                std::uint32_t firstRow);

/// `upper` and `lower` as one matrix, where they lie one under the other.
std::optional<WeightMatrix> joined(const WeightMatrix& upper, const WeightMatrix& lower);

}  // namespace lares::vulkan
