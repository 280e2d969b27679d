// Gives values their pieces of scratch memory: those that are never alive together share it.
#pragma once

#include "inference/program/operation.h"

#include <cstddef>
#include <span>
#include <vector>

namespace lares::inference {

/// From the first to the last operation that touches a value, both included.
struct Lifetime {
    std::size_t first = ~std::size_t{0};
    std::size_t last = 0;

    void touch(std::size_t operation) {
        if (operation < first) first = operation;
        if (operation > last) last = operation;
    }
};

/// Sets scratchOffset of all values that are ever touched; gives the floats that they take together.
std::uint64_t placeValues(std::vector<Value>& values, std::span<const Lifetime> lives);

}  // namespace lares::inference
