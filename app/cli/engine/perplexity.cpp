// `lares-engine perplexity`: how well a model foresees a text, as the exponential of the mean surprise per token. The
// text is cut into windows that do not overlap; the first half of each is only read, so that every token that counts is
// foreseen from at least half a window. What is left over at the end is not a window and does not count, unless it is
// the whole text. Where the model begins texts with a token of its own, each window's first token becomes that one.
// This is how llama.cpp counts, so the figures compare.
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>

namespace lares::cli {

namespace {

using inference::Error;
using inference::ErrorKind;
using inference::TokenId;

std::string readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) throw Error(ErrorKind::io, "The text " + path + " cannot be read.");
    return text;
}

/// -ln of the probability that these scores give to `token`.
double surprise(std::span<const float> logits, TokenId token) {
    const double highest = static_cast<double>(std::ranges::max(logits));
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - highest);
    return highest + std::log(sum) - static_cast<double>(logits[static_cast<std::size_t>(token)]);
}

struct Surprises {
    double sum = 0;
    std::uint32_t count = 0;
};

/// Adds those of the second half of a window.
void addWindow(inference::LoadedModel& model, std::span<const TokenId> window, Surprises& surprises) {
    std::vector<TokenId> read(window.begin(), window.end());
    const inference::Tokenizer& tokenizer = model.tokenizer();
    if (tokenizer.bos() && tokenizer.addsBos()) read.front() = *tokenizer.bos();
    std::vector<std::uint32_t> positions(window.size() - 1 - window.size() / 2);
    std::iota(positions.begin(), positions.end(), static_cast<std::uint32_t>(window.size() / 2));
    model.context().score(read, positions, [&](std::uint32_t position, std::span<const float> logits) {
        surprises.sum += surprise(logits, window[position + 1]);
        ++surprises.count;
    });
}

int run(Arguments& arguments) {
    ComputeOptions options = takeComputeOptions(arguments, false);
    options.contextLength = static_cast<std::uint32_t>(takeInteger(arguments, "--context", 512, 4, 1 << 24));
    const std::string path = arguments.word("MODEL");
    const std::string textPath = arguments.word("FILE");
    arguments.finish();

    const std::string text = readFile(textPath);
    OpenModel open(path, options);
    const std::vector<TokenId> tokens = open.model->tokenizer().encode(text);
    const std::size_t length = std::min<std::size_t>(open.model->context().capacity(), tokens.size());
    if (length < 4) throw Error(ErrorKind::badRequest, "The text " + textPath + " is too short: 4 tokens are needed.");
    Surprises surprises;
    for (std::size_t begin = 0; begin + length <= tokens.size(); begin += length) {
        addWindow(*open.model, std::span(tokens).subspan(begin, length), surprises);
    }
    printJson({{"perplexity", std::exp(surprises.sum / surprises.count)}, {"tokens", surprises.count}});
    return 0;
}

}  // namespace

const Verb kPerplexityVerb = {
    "perplexity", "perplexity MODEL FILE [--context 512] [--device cpu|vulkan|vulkan:N] [--threads N] [--exact]",
    "how well the model foresees the text, over the second halves of windows of the context that do not overlap", &run};

}  // namespace lares::cli
