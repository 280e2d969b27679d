// A model that does one thing and does it surely: it goes on with what followed the last token where that stood before.
// Its weights are written by hand: an induction head of two layers (Olsson et al. 2022), the first of which looks at
// the token before, the second for places behind the present token.
#pragma once

#include <cstdint>
#include <filesystem>

namespace lares::test {

struct CopyingModelOptions {
    std::uint32_t layers = 2;  ///< those behind the second add nothing and take their time
    std::uint32_t feedForward = 32;
};

/// GPT-2, byte tokens, 512 positions. A text whose tokens all differ is copied for ever; where a token has had several
/// successors, what comes is a mixture of them.
void writeCopyingModel(const std::filesystem::path& path, const CopyingModelOptions& options = {});

}  // namespace lares::test
