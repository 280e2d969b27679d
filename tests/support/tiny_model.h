// Writes a tiny model with random weights for any architecture that this build knows, without knowing it: the metadata
// every decoder has are written, and the architecture itself is asked which tensors are missing until it is content.
// Optional tensors are named by the caller. The same options give the same bytes everywhere.
#pragma once

#include "tests/support/gguf_writer.h"

#include <variant>

namespace lares::test {

struct TinyModelOptions {
    std::string architecture;
    std::uint32_t layers = 2;
    std::uint32_t embedding = 64;
    std::uint32_t heads = 4;
    std::uint32_t headsKv = 2;
    std::uint32_t headSize = 0;  ///< 0: embedding / heads, and no key_length is written
    std::uint32_t rotated = 0;   ///< 0: not written, so the whole head
    std::uint32_t feedForward = 96;
    std::uint32_t contextLength = 128;
    std::uint32_t vocabulary = 288;  ///< at least 288
    std::uint32_t type = 0;          ///< ggml type of every matrix

    using Value = std::variant<std::uint32_t, float, bool, std::string>;
    std::map<std::string, Value> keys{};  ///< under the architecture's prefix, besides those above

    /// Tensors that the architecture would do without; "blk.*." stands for every layer.
    struct Tensor {
        std::string name;
        std::vector<std::uint64_t> shape;  ///< shape[0] is contiguous
    };
    std::vector<Tensor> tensors{};
    std::uint64_t seed = 1;
};

/// Writes the file. Throws what the architecture throws when it is not content for another reason.
void writeTinyModel(const std::filesystem::path& path, const TinyModelOptions& options);

}  // namespace lares::test
