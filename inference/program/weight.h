// A weight tensor as it lies in a model file: what a loader uploads and the reference dequantises.
#pragma once

#include "vulkan/formats/formats.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace lares::inference {

enum class WeightShape { matrix, vector };

struct WeightSource {
    std::string name;
    WeightShape shape = WeightShape::matrix;
    const vulkan::Format* format = nullptr;
    std::uint32_t firstRow = 0;  ///< in the file's tensor, of which it may be some rows; 0 for a vector
    std::uint32_t rows = 0;      ///< 1 for a vector
    std::uint32_t columns = 0;   ///< contiguous in the file
    std::uint64_t sizeBytes = 0;
    /// Reads out.size() bytes from `offsetBytes` inside these rows. Throws Error io.
    std::function<void(std::uint64_t offsetBytes, std::span<std::byte> out)> read;
    std::uint32_t experts = 0;  ///< that many matrices of as many rows each stand one under the other; 0: it is one
    /// Not 0: the matrices with this number meet the same activations, and are best laid one under the other, in rising
    /// order of their place in it, where they have one format and width.
    std::uint32_t family = 0;
    std::uint32_t placeInFamily = 0;
};

}  // namespace lares::inference
