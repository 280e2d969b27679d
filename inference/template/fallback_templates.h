// Chat formats for models that bring no template of their own. The formats are facts of the model families; the
// template texts are ours.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

struct FallbackTemplate {
    std::string name;  ///< "chatml", "llama-2", "llama-3", "mistral", "zephyr", "gemma", "phi-3", "command-r", "plain"
    std::string source;
};

/// What the choice rests on.
struct FallbackFacts {
    std::string architecture;                             ///< general.architecture
    std::string modelName;                                ///< general.name or the file name; may be empty
    std::function<bool(std::string_view text)> hasToken;  ///< is `text` one token of the vocabulary; may be empty
};

/// The format whose control tokens the vocabulary has; by family name where there are none; "plain" when nothing is
/// known.
FallbackTemplate chooseFallbackTemplate(const FallbackFacts& facts);

const std::vector<FallbackTemplate>& fallbackTemplates();

}  // namespace lares::inference
