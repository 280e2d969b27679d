// One tiny model, at least, for every architecture this build knows, and for every optional part that changes what is
// computed. Windows are short, so that a test of some dozen tokens goes round their caches several times.
#pragma once

#include "inference/types.h"
#include "tests/support/tiny_model.h"

#include <array>

namespace lares::tests {

struct TinyFamily {
    const char* name;
    test::TinyModelOptions options;
    std::array<double, 3>
        golden{};  ///< of those that write text: logits 0, 100 and 287 after familyTokens(), in double precision
};

const std::vector<TinyFamily>& tinyFamilies();

/// Those that only make embeddings; see tst_encoders.
const std::vector<TinyFamily>& tinyEncoders();

/// What the tests of families let their models read.
std::vector<inference::TokenId> familyTokens(std::uint32_t count, std::uint32_t seed = 5);

}  // namespace lares::tests
