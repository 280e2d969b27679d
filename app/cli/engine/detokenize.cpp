// `lares-engine detokenize`: token ids to text.
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/tokenizer/tokenizer.h"

namespace lares::cli {

namespace {

int run(Arguments& arguments) {
    const auto tokens = arguments.integers("--tokens");
    const bool special = arguments.flag("--special");
    const std::string path = arguments.word("MODEL");
    arguments.finish();
    if (!tokens) {
        throw UsageError("--tokens is missing.");
    }
    const auto tokenizer = inference::Tokenizer::create(inference::GgufFile::open(path));
    printJson({{"text", tokenizer.decode(*tokens, special)}});
    return 0;
}

}  // namespace

const Verb kDetokenizeVerb = {"detokenize", "detokenize MODEL --tokens 1,2,3 [--special]",
                              "token ids to text; --special: control tokens written out", &run};

}  // namespace lares::cli
