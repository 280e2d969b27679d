#include "tests/support/copying_model.h"

#include "tests/support/gguf_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <random>

namespace lares::test {

namespace {

constexpr std::uint32_t kPart = 64;  ///< numbers for each thing that a token carries; also the size of a head
constexpr std::uint32_t kToken = 0, kPosition = kPart, kBefore = 2 * kPart, kNext = 3 * kPart, kWidth = 4 * kPart;
constexpr std::uint32_t kVocabulary = 288, kContext = 512;
constexpr float kSharp = 8;  ///< of queries: attention is all on the best place

struct Matrix {
    Matrix(std::uint32_t inWidth, std::uint32_t outWidth)
        : columns(inWidth), rows(outWidth), values(inWidth * outWidth) {}
    float& at(std::uint32_t row, std::uint32_t column) { return values[row * columns + column]; }

    std::uint32_t columns, rows;
    std::vector<float> values;
};

void add(GgufWriter& writer, const std::string& name, const Matrix& matrix) {
    std::vector<std::byte> bytes(matrix.values.size() * sizeof(float));
    std::memcpy(bytes.data(), matrix.values.data(), bytes.size());
    std::vector<std::uint64_t> shape{matrix.columns};
    if (matrix.rows > 1) shape.push_back(matrix.rows);
    writer.tensor(name, shape, 0, std::move(bytes));
}

void addVector(GgufWriter& writer, const std::string& name, std::uint32_t width, float value = 0) {
    Matrix vector(width, 1);
    std::ranges::fill(vector.values, value);
    add(writer, name, vector);
}

/// Half of each code is 1, half is -1; no two are alike.
Matrix tokenCodes(std::uint32_t at, float scale) {
    std::mt19937 random(7);
    Matrix codes(kWidth, kVocabulary);
    for (std::uint32_t token = 0; token < kVocabulary; ++token) {
        std::vector<float> code(kPart, scale);
        std::fill_n(code.begin(), kPart / 2, -scale);
        for (std::uint32_t i = kPart - 1; i > 0; --i) std::swap(code[i], code[random() % (i + 1)]);
        for (std::uint32_t i = 0; i < kPart; ++i) codes.at(token, at + i) = code[i];
    }
    return codes;
}

/// Of a pair of numbers in kPosition: by how much it turns from one position to the next.
std::vector<double> turns() {
    std::mt19937 random(9);
    std::vector<double> result(kPart / 2);
    for (double& turn : result) turn = std::numbers::pi * random() / 0x1p32;
    return result;
}

Matrix positionCodes() {
    Matrix codes(kWidth, kContext);
    const std::vector<double> turn = turns();
    for (std::uint32_t position = 0; position < kContext; ++position) {
        for (std::uint32_t i = 0; i < kPart / 2; ++i) {
            codes.at(position, kPosition + 2 * i) = static_cast<float>(std::cos(turn[i] * position));
            codes.at(position, kPosition + 2 * i + 1) = static_cast<float>(std::sin(turn[i] * position));
        }
    }
    return codes;
}

/// Query, key and value of the first head; the others see nothing.
struct Head {
    Matrix qkv{kWidth, 3 * kWidth};
    Matrix output{kWidth, kWidth};

    void pass(std::uint32_t part, std::uint32_t from, float scale = 1) {
        for (std::uint32_t i = 0; i < kPart; ++i) qkv.at(part * kWidth + i, from + i) = scale;
    }
    void writeTo(std::uint32_t target, float scale) {
        for (std::uint32_t i = 0; i < kPart; ++i) output.at(target + i, i) = scale;
    }
};

/// Asks for the position before, and takes over its token.
Head looksBack() {
    Head head;
    const std::vector<double> turn = turns();
    for (std::uint32_t i = 0; i < kPart / 2; ++i) {
        const float cosine = static_cast<float>(std::cos(turn[i])) * kSharp;
        const float sine = static_cast<float>(std::sin(turn[i])) * kSharp;
        head.qkv.at(2 * i, kPosition + 2 * i) = cosine;
        head.qkv.at(2 * i, kPosition + 2 * i + 1) = sine;
        head.qkv.at(2 * i + 1, kPosition + 2 * i) = -sine;
        head.qkv.at(2 * i + 1, kPosition + 2 * i + 1) = cosine;
    }
    head.pass(1, kPosition);
    head.pass(2, kToken);
    head.writeTo(kBefore, 0.6f);  // about what the norm has made it larger
    return head;
}

/// Asks for places behind a token like this one, and takes over theirs.
Head findsSuccessor() {
    Head head;
    head.pass(0, kToken, kSharp);
    head.pass(1, kBefore);
    head.pass(2, kToken);
    head.writeTo(kNext, 1);
    return head;
}

void addLayer(GgufWriter& writer, std::uint32_t layer, std::uint32_t feedForward) {
    const std::string block = "blk." + std::to_string(layer) + ".";
    const Head head = layer == 0 ? looksBack() : layer == 1 ? findsSuccessor() : Head{};
    for (const char* norm : {"attn_norm", "ffn_norm"}) {
        addVector(writer, block + norm + ".weight", kWidth, 1);
        addVector(writer, block + norm + ".bias", kWidth);
    }
    add(writer, block + "attn_qkv.weight", head.qkv);
    addVector(writer, block + "attn_qkv.bias", 3 * kWidth);
    add(writer, block + "attn_output.weight", head.output);
    addVector(writer, block + "attn_output.bias", kWidth);
    add(writer, block + "ffn_up.weight", Matrix(kWidth, feedForward));
    addVector(writer, block + "ffn_up.bias", feedForward);
    add(writer, block + "ffn_down.weight", Matrix(feedForward, kWidth));
    addVector(writer, block + "ffn_down.bias", kWidth);
}

}  // namespace

void writeCopyingModel(const std::filesystem::path& path, const CopyingModelOptions& options) {
    GgufWriter writer;
    writer.text("general.architecture", "gpt2");
    writer.u32("gpt2.block_count", options.layers);
    writer.u32("gpt2.context_length", kContext);
    writer.u32("gpt2.embedding_length", kWidth);
    writer.u32("gpt2.feed_forward_length", options.feedForward);
    writer.u32("gpt2.attention.head_count", kWidth / kPart);
    writer.f32("gpt2.attention.layer_norm_epsilon", 1e-5f);
    addToyVocabulary(writer, ToyVocabulary::bpe, kVocabulary);
    add(writer, "token_embd.weight", tokenCodes(kToken, 1));
    add(writer, "position_embd.weight", positionCodes());
    for (std::uint32_t layer = 0; layer < options.layers; ++layer) addLayer(writer, layer, options.feedForward);
    addVector(writer, "output_norm.weight", kWidth, 1);
    addVector(writer, "output_norm.bias", kWidth);
    add(writer, "output.weight", tokenCodes(kNext, 1));
    writer.save(path);
}

}  // namespace lares::test
