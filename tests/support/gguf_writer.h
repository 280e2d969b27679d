// Writes small GGUF files for tests: metadata and tensors of any kind, and whole tiny models with random weights. It
// writes what it is told, wrong things included, so that tests of damaged files can use it. Not part of the product.
#pragma once

#include "inference/gguf/gguf_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lares::test {

class GgufWriter {
 public:
    std::uint32_t version = 3;
    std::uint32_t alignment = 32;  ///< used for offsets; written as a key only when it is not 32

    void text(std::string_view key, std::string_view value);
    void u32(std::string_view key, std::uint32_t value);
    void u64(std::string_view key, std::uint64_t value);
    void i32(std::string_view key, std::int32_t value);
    void f32(std::string_view key, float value);
    void flag(std::string_view key, bool value);
    void texts(std::string_view key, std::span<const std::string> values);
    void f32s(std::string_view key, std::span<const float> values);
    void i32s(std::string_view key, std::span<const std::int32_t> values);
    /// Any value: `kind` and its bytes as they shall stand in the file.
    void raw(std::string_view key, std::uint32_t kind, std::string_view bytes);

    /// shape[0] is contiguous; `bytes` as they shall stand in the file.
    void tensor(std::string_view name, std::vector<std::uint64_t> shape, std::uint32_t ggmlType,
                std::vector<std::byte> bytes);

    /// A tensor whose data are not in the file, of the size that its shape and type give. The file then ends before the
    /// data of the first tensor.
    void missingTensor(std::string_view name, std::vector<std::uint64_t> shape, std::uint32_t ggmlType);

    /// The file's bytes; save() writes them.
    std::string bytes() const;
    void save(const std::filesystem::path& path) const;

 private:
    struct Tensor {
        std::string name;
        std::vector<std::uint64_t> shape;
        std::uint32_t type;
        std::vector<std::byte> bytes;
        std::uint64_t size;  ///< of its data, there or missing
    };
    std::string m_metadata;
    std::uint64_t m_keyCount = 0;
    std::vector<Tensor> m_tensors;
    bool m_headOnly = false;
};

/// Random blocks of one ggml type, any that vulkan/formats knows: `elements` values spread over [-amplitude,
/// amplitude], never NaN or infinite. The same seed gives the same bytes everywhere.
std::vector<std::byte> randomBlocks(std::uint32_t ggmlType, std::uint64_t elements, float amplitude,
                                    std::uint64_t seed);

enum class ToyVocabulary {
    spm,        ///< "llama": <unk> <s> </s>, 256 byte tokens, printable ASCII and some merged words with scores
    bpe,        ///< "gpt2": 256 byte characters, some merges, <|endoftext|>, <|im_start|>, <|im_end|>
    wordPiece,  ///< "bert": [PAD] [UNK] [CLS] [SEP] [MASK], lower-case ASCII at the start of a word and inside, a few
                ///< words
    unigram,    ///< "t5": <pad> </s> <unk>, printable ASCII, a few words with scores; no character map
};

struct TinyLlamaOptions {
    std::string architecture = "llama";  ///< metadata keys are written with this prefix
    std::uint32_t layers = 2;
    std::uint32_t embedding = 256;  ///< multiple of 256 for K-quants, of 32 for Q4_0 and Q8_0
    std::uint32_t heads = 8;
    std::uint32_t headsKv = 4;
    std::uint32_t headSize = 0;  ///< 0: embedding / heads, and no key_length is written
    std::uint32_t feedForward = 512;
    std::uint32_t contextLength = 512;
    std::uint32_t vocabulary = 384;  ///< at least 384 (spm) or 288 (bpe); filled up with unused tokens
    ToyVocabulary vocabularyKind = ToyVocabulary::spm;
    std::uint32_t type = 0;                         ///< ggml type of every matrix
    std::map<std::string, std::uint32_t> typeOf{};  ///< by tensor name, before `type`: {"output.weight", 14}
    bool tiedEmbeddings = false;                    ///< no output.weight
    bool ropeFactors = false;                       ///< rope_freqs.weight, as Llama 3.1 has
    bool qkvBias = false;                           ///< attn_{q,k,v}.bias, as qwen2 has
    bool qkNorm = false;                            ///< attn_{q,k}_norm.weight of headSize, as qwen3 has
    std::uint32_t experts = 0;                      ///< 0: dense feed-forward blocks
    std::uint32_t expertsUsed = 2;
    std::uint32_t expertLength = 0;        ///< 0: feedForward, and no expert_feed_forward_length is written
    std::uint32_t sharedExpertLength = 0;  ///< 0: no shared expert
    bool expertTensors = false;            ///< one tensor for each expert, as early Mixtral files have
    float ropeBase = 10000.0f;
    float rmsEpsilon = 1e-5f;
    std::string chatTemplate{};  ///< empty: none
    bool headOnly = false;       ///< no weights: models of any size
    std::uint64_t seed = 1;
};

/// The model as a writer, so that a test can still add or spoil something. Matrix scale about 1/sqrt(columns); norms
/// near 1.
GgufWriter tinyLlama(const TinyLlamaOptions& options);
void writeTinyLlama(const std::filesystem::path& path, const TinyLlamaOptions& options = {});

/// Only the tokenizer's keys.
void addToyVocabulary(GgufWriter& writer, ToyVocabulary kind, std::uint32_t vocabulary);

}  // namespace lares::test
