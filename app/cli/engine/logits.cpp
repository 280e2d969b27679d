// `lares-engine logits`: one pass over given tokens; the raw scores at given positions go to a file.
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"

#include <algorithm>
#include <fstream>
#include <map>

namespace lares::cli {

namespace {

using inference::Error;
using inference::ErrorKind;

void check(const inference::LoadedModel& model, std::span<const std::int32_t> tokens,
           std::span<const std::int32_t> positions) {
    const auto vocabulary = static_cast<std::int32_t>(model.tokenizer().vocabularySize());
    if (tokens.size() > model.context().capacity()) {
        throw Error(ErrorKind::badRequest, std::to_string(tokens.size()) +
                                               " tokens do not fit the model's context of " +
                                               std::to_string(model.context().capacity()) + ".");
    }
    for (const std::int32_t token : tokens) {
        if (token < 0 || token >= vocabulary) {
            throw Error(ErrorKind::badRequest, "There is no token " + std::to_string(token) + "; the vocabulary has " +
                                                   std::to_string(vocabulary) + ".");
        }
    }
    for (const std::int32_t position : positions) {
        if (position < 0 || static_cast<std::size_t>(position) >= tokens.size()) {
            throw Error(ErrorKind::badRequest, "Position " + std::to_string(position) + " is not one of the " +
                                                   std::to_string(tokens.size()) + " tokens.");
        }
    }
}

int run(Arguments& arguments) {
    ComputeOptions options = takeComputeOptions(arguments, false);
    const auto tokens = arguments.integers("--tokens").value_or(std::vector<std::int32_t>());
    const auto positions = arguments.integers("--positions").value_or(std::vector<std::int32_t>());
    const auto out = arguments.value("--out");
    const std::string path = arguments.word("MODEL");
    arguments.finish();
    if (tokens.empty() || positions.empty() || !out) throw UsageError("--tokens, --positions and --out are needed.");

    options.contextLength = static_cast<std::uint32_t>(tokens.size());
    OpenModel open(path, options);
    check(*open.model, tokens, positions);
    std::vector<std::uint32_t> rising(positions.begin(), positions.end());
    std::ranges::sort(rising);
    rising.erase(std::unique(rising.begin(), rising.end()), rising.end());
    std::map<std::uint32_t, std::vector<float>> rows;
    open.model->context().score(tokens, rising, [&](std::uint32_t position, std::span<const float> logits) {
        rows[position].assign(logits.begin(), logits.end());
    });

    std::ofstream file(*out, std::ios::binary);
    for (const std::int32_t position : positions) {
        const std::vector<float>& row = rows.at(static_cast<std::uint32_t>(position));
        file.write(reinterpret_cast<const char*>(row.data()), static_cast<std::streamsize>(row.size() * sizeof(float)));
    }
    file.close();
    if (!file) throw Error(ErrorKind::io, "The logits cannot be written to " + *out + ".");
    printJson({{"vocab", open.model->tokenizer().vocabularySize()}, {"positions", positions}});
    return 0;
}

}  // namespace

const Verb kLogitsVerb = {"logits",
                          "logits MODEL --tokens 1,2,3 --positions 0,2 --out FILE [--lora FILE[:SCALE]]...\n"
                          "      [--device cpu|vulkan|vulkan:N] [--threads N] [--exact]",
                          "the scores of all tokens at some positions, as float32 rows in FILE", &run};

}  // namespace lares::cli
