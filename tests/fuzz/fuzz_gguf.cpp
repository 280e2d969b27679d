// A model file of any bytes: opened, described, every weight's ends read, its tokenizer made and used. It ends in a
// model or in an inference::Error; anything else is a find.
#include "inference/gguf/model_info.h"
#include "inference/tokenizer/tokenizer.h"
#include "tests/fuzz/memory_file.h"

#include <algorithm>

using namespace lares::inference;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const lares::test::MemoryFile memory({data, size});
    try {
        const GgufFile file = GgufFile::open(memory.path());
        const ModelInfo info = describe(file);
        std::array<std::byte, 16> bytes;
        for (const GgufTensor& tensor : file.tensors()) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(tensor.sizeBytes, bytes.size()));
            file.read(tensor, 0, std::span(bytes).first(count));
            file.read(tensor, tensor.sizeBytes - count, std::span(bytes).first(count));
        }
        const Tokenizer tokenizer = Tokenizer::create(file);
        const auto tokens = tokenizer.encode("The <s> cat's 1234 \xff\xc3\xa9\n\n  end", {.parseSpecial = true});
        tokenizer.decode(tokens, true);
    } catch (const Error& error) {
        if (std::string_view(error.what()).size() < 10) {
            std::abort();
        }
    }
    return 0;
}
