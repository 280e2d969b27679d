// Writes a LoRA adapter with random numbers for a model file: a pair for each of its matrices, or for some of them. The
// same options give the same bytes everywhere.
#pragma once

#include "tests/support/gguf_writer.h"

#include <functional>

namespace lares::test {

struct TinyAdapterOptions {
    std::uint32_t rank = 4;
    float alpha = 8.0f;
    std::uint32_t type = 0;  ///< ggml type of every tensor: F32 0, F16 1
    /// Whether a tensor of the model is changed; empty: every matrix but token_embd.weight.
    std::function<bool(std::string_view name)> changes{};
    std::uint64_t seed = 1;
};

/// The adapter as a writer, so that a test can still add or spoil something. Its changes are about as large as what
/// they change.
GgufWriter tinyAdapter(const inference::GgufFile& model, const TinyAdapterOptions& options = {});
void writeTinyAdapter(const std::filesystem::path& path, const std::filesystem::path& model,
                      const TinyAdapterOptions& options = {});

/// Only the keys that make a file an adapter.
void addAdapterKeys(GgufWriter& writer, std::string_view architecture, float alpha);

}  // namespace lares::test
