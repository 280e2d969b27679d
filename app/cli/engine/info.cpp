// `lares-engine info`: what a model file says of itself. Reads no weights.
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/gguf/model_info.h"
#include "inference/models/architecture.h"
#include "inference/tokenizer/tokenizer.h"

namespace lares::cli {

namespace {

using inference::GgufFile;
using inference::ModelInfo;
using Json = nlohmann::ordered_json;

/// What only a try tells: whether this program can use the tokenizer.
void describeTokenizer(const GgufFile& file, Json& tokenizer, Json& warnings) {
    const auto idOrNull = [](std::optional<inference::TokenId> id) { return id ? Json(*id) : Json(nullptr); };
    try {
        const auto made = inference::Tokenizer::create(file);
        tokenizer["bos"] = idOrNull(made.bos());
        tokenizer["eos"] = idOrNull(made.eos());
        tokenizer["adds_bos"] = made.addsBos();
        tokenizer["adds_eos"] = made.addsEos();
        tokenizer["end_of_generation"] =
            std::vector<inference::TokenId>(made.endOfGeneration().begin(), made.endOfGeneration().end());
        for (const std::string& warning : made.warnings()) {
            warnings.push_back(warning);
        }
    } catch (const inference::Error& error) {
        warnings.push_back(error.what());
    }
}

int run(Arguments& arguments) {
    const std::string path = arguments.word("MODEL");
    arguments.finish();
    const auto opened = std::make_shared<const GgufFile>(GgufFile::open(path, inference::GgufData::mayBeMissing));
    const GgufFile& file = *opened;
    ModelInfo info = inference::describe(file);
    inference::addWhatIsUnsupported(opened, info);
    Json types = Json::object();
    for (const auto& [name, bytes] : info.tensorTypes) {
        types[name] = bytes;
    }
    Json warnings = info.warnings;
    Json tokenizer = {{"model", info.tokenizer}, {"pre", info.tokenizerPre}};
    describeTokenizer(file, tokenizer, warnings);
    const Json chatTemplate =
        info.hasChatTemplate ? Json(std::string(*file.text("tokenizer.chat_template"))) : Json(nullptr);
    printJson({
        {"path", info.path.string()},
        {"name", info.name},
        {"architecture", info.architecture},
        {"quantisation", info.quantisation},
        {"parameters", info.parameterCount},
        {"file_bytes", info.fileBytes},
        {"parts", file.partCount()},
        {"gguf_version", file.version()},
        {"context_length", info.contextLength},
        {"vocabulary_size", info.vocabularySize},
        {"layers", info.layerCount},
        {"embedding_length", info.embeddingLength},
        {"heads", info.headCount},
        {"heads_kv", info.headCountKv},
        {"feed_forward_length", info.feedForwardLength},
        {"tensors", file.tensors().size()},
        {"tensor_bytes", types},
        {"tokenizer", tokenizer},
        {"chat_template", chatTemplate},
        {"embeds", info.embeds},
        {"licence", info.licence},
        {"warnings", warnings},
    });
    return 0;
}

}  // namespace

const Verb kInfoVerb = {"info", "info MODEL", "what the model file says of itself", &run};

}  // namespace lares::cli
