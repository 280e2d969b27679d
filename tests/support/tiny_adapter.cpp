#include "tests/support/tiny_adapter.h"

#include <cmath>

namespace lares::test {

namespace {

constexpr std::string_view kEmbedding = "token_embd.weight";

bool isChanged(const inference::GgufTensor& tensor, const TinyAdapterOptions& options) {
    if (options.changes) return options.changes(tensor.name);
    return tensor.dimensions == 2 && tensor.name.ends_with(".weight") && tensor.name != kEmbedding &&
           !tensor.name.ends_with("norm.weight") && tensor.name != "position_embd.weight";
}

}  // namespace

void addAdapterKeys(GgufWriter& writer, std::string_view architecture, float alpha) {
    writer.text("general.type", "adapter");
    writer.text("general.architecture", architecture);
    writer.text("adapter.type", "lora");
    writer.f32("adapter.lora.alpha", alpha);
}

GgufWriter tinyAdapter(const inference::GgufFile& model, const TinyAdapterOptions& options) {
    GgufWriter writer;
    addAdapterKeys(writer, model.requireText("general.architecture"), options.alpha);
    std::uint64_t seed = options.seed * 1000003;
    for (const inference::GgufTensor& tensor : model.tensors()) {
        if (!isChanged(tensor, options)) continue;
        const std::uint64_t rank = options.rank, columns = tensor.shape[0], rows = tensor.shape[1];
        const float down = std::sqrt(3.0f / static_cast<float>(columns));
        const float up = std::sqrt(3.0f / static_cast<float>(rank)) / 2;
        const auto add = [&](const char* suffix, std::vector<std::uint64_t> shape, float amplitude) {
            writer.tensor(std::string(tensor.name) + suffix, shape, options.type,
                          randomBlocks(options.type, shape[0] * shape[1], amplitude, ++seed));
        };
        const bool lookup = tensor.name == kEmbedding;
        add(".lora_a", lookup ? std::vector{rank, rows} : std::vector{columns, rank}, down);
        add(".lora_b", {rank, lookup ? columns : rows}, up);
    }
    return writer;
}

void writeTinyAdapter(const std::filesystem::path& path, const std::filesystem::path& model,
                      const TinyAdapterOptions& options) {
    tinyAdapter(inference::GgufFile::open(model), options).save(path);
}

}  // namespace lares::test
