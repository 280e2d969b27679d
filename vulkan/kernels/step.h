// What changes from one submission to the next: a small buffer that the kernels read, so that a command list which was
// recorded once serves every step of a generation.
#pragma once

#include <cstdint>

namespace lares::vulkan {

/// Contents of the step buffer. The engine writes it before each submission.
struct StepParams {
    std::uint32_t position = 0;    ///< of the batch's first token: the number of positions already in the cache
    std::uint32_t tokenCount = 0;  ///< tokens of this batch in use; at most the token count that was recorded
};

}  // namespace lares::vulkan
