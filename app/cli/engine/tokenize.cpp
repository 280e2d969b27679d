// `lares-engine tokenize`: text on standard input to token ids.
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/error.h"
#include "inference/tokenizer/tokenizer.h"

#include <iostream>

namespace lares::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string textOfLine(const std::string& line, std::size_t number) {
    const Json value = Json::parse(line, nullptr, false);
    if (!value.is_string()) {
        throw inference::Error(inference::ErrorKind::badRequest,
                               "Line " + std::to_string(number) + " of the input is not a JSON string.");
    }
    return value.get<std::string>();
}

int run(Arguments& arguments) {
    const inference::EncodeOptions options{.addSpecial = !arguments.flag("--no-bos"),
                                           .parseSpecial = arguments.flag("--special")};
    const bool batch = arguments.flag("--batch");
    const std::string path = arguments.word("MODEL");
    arguments.finish();
    const auto tokenizer = inference::Tokenizer::create(inference::GgufFile::open(path));
    if (!batch) {
        printJson({{"tokens", tokenizer.encode(readStandardInput(), options)}});
        return 0;
    }
    std::string line;
    for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
        printJson({{"tokens", tokenizer.encode(textOfLine(line, number), options)}});
    }
    return 0;
}

}  // namespace

const Verb kTokenizeVerb = {"tokenize", "tokenize MODEL [--special] [--no-bos] [--batch]",
                            "text from standard input to token ids; --batch: each line a JSON string", &run};

}  // namespace lares::cli
