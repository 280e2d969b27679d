// Whole models of the llama family with random weights, a few hundred kilobytes each.
#include "tests/support/gguf_writer.h"

#include <cmath>

namespace lares::test {

namespace {

constexpr std::uint32_t kF32 = 0;

class TinyModel {
 public:
    explicit TinyModel(const TinyLlamaOptions& options)
        : m_options(options),
          m_headSize(options.headSize != 0 ? options.headSize : options.embedding / options.heads) {}

    GgufWriter build() {
        metadata();
        const std::uint64_t embedding = m_options.embedding;
        matrix("token_embd.weight", embedding, m_options.vocabulary, 1.0f);
        for (std::uint32_t layer = 0; layer < m_options.layers; ++layer) {
            addLayer("blk." + std::to_string(layer) + ".");
        }
        norm("output_norm.weight", embedding);
        if (!m_options.tiedEmbeddings) {
            matrix("output.weight", embedding, m_options.vocabulary);
        }
        if (m_options.ropeFactors) {
            vector("rope_freqs.weight", m_headSize / 2, 1.0f, 8.0f);
        }
        return std::move(m_writer);
    }

 private:
    void metadata() {
        const TinyLlamaOptions& o = m_options;
        const std::string p = o.architecture + ".";
        m_writer.text("general.architecture", o.architecture);
        m_writer.text("general.name", "Tiny " + o.architecture);
        m_writer.text("general.license", "mit");
        m_writer.u32(p + "context_length", o.contextLength);
        m_writer.u32(p + "embedding_length", o.embedding);
        m_writer.u32(p + "block_count", o.layers);
        m_writer.u32(p + "feed_forward_length", o.feedForward);
        m_writer.u32(p + "attention.head_count", o.heads);
        m_writer.u32(p + "attention.head_count_kv", o.headsKv);
        if (o.headSize != 0) {
            m_writer.u32(p + "attention.key_length", o.headSize);
            m_writer.u32(p + "attention.value_length", o.headSize);
        }
        if (o.experts != 0) {
            m_writer.u32(p + "expert_count", o.experts);
            m_writer.u32(p + "expert_used_count", o.expertsUsed);
        }
        if (o.expertLength != 0) {
            m_writer.u32(p + "expert_feed_forward_length", o.expertLength);
        }
        if (o.sharedExpertLength != 0) {
            m_writer.u32(p + "expert_shared_feed_forward_length", o.sharedExpertLength);
        }
        m_writer.f32(p + "attention.layer_norm_rms_epsilon", o.rmsEpsilon);
        m_writer.u32(p + "rope.dimension_count", m_headSize);
        m_writer.f32(p + "rope.freq_base", o.ropeBase);
        addToyVocabulary(m_writer, o.vocabularyKind, o.vocabulary);
        if (!o.chatTemplate.empty()) {
            m_writer.text("tokenizer.chat_template", o.chatTemplate);
        }
    }

    void addLayer(const std::string& p) {
        const std::uint64_t embedding = m_options.embedding, feedForward = m_options.feedForward;
        const std::uint64_t query = std::uint64_t{m_options.heads} * m_headSize;
        const std::uint64_t keyValue = std::uint64_t{m_options.headsKv} * m_headSize;
        norm(p + "attn_norm.weight", embedding);
        matrix(p + "attn_q.weight", embedding, query);
        matrix(p + "attn_k.weight", embedding, keyValue);
        matrix(p + "attn_v.weight", embedding, keyValue);
        matrix(p + "attn_output.weight", query, embedding);
        if (m_options.qkvBias) {
            vector(p + "attn_q.bias", query, -0.5f, 0.5f);
            vector(p + "attn_k.bias", keyValue, -0.5f, 0.5f);
            vector(p + "attn_v.bias", keyValue, -0.5f, 0.5f);
        }
        if (m_options.qkNorm) {
            norm(p + "attn_q_norm.weight", m_headSize);
            norm(p + "attn_k_norm.weight", m_headSize);
        }
        norm(p + "ffn_norm.weight", embedding);
        if (m_options.experts != 0) {
            addExperts(p);
            return;
        }
        matrix(p + "ffn_gate.weight", embedding, feedForward);
        matrix(p + "ffn_up.weight", embedding, feedForward);
        matrix(p + "ffn_down.weight", feedForward, embedding);
    }

    void addExperts(const std::string& p) {
        const TinyLlamaOptions& o = m_options;
        const std::uint64_t length = o.expertLength != 0 ? o.expertLength : o.feedForward;
        tensor(p + "ffn_gate_inp.weight", {o.embedding, o.experts}, kF32, amplitudeFor(o.embedding));
        expertMatrices(p + "ffn_gate", o.embedding, length);
        expertMatrices(p + "ffn_up", o.embedding, length);
        expertMatrices(p + "ffn_down", length, o.embedding);
        if (o.sharedExpertLength != 0) {
            tensor(p + "ffn_gate_inp_shexp.weight", {o.embedding}, kF32, amplitudeFor(o.embedding));
            matrix(p + "ffn_gate_shexp.weight", o.embedding, o.sharedExpertLength);
            matrix(p + "ffn_up_shexp.weight", o.embedding, o.sharedExpertLength);
            matrix(p + "ffn_down_shexp.weight", o.sharedExpertLength, o.embedding);
        }
    }

    void expertMatrices(const std::string& name, std::uint64_t columns, std::uint64_t rows) {
        if (!m_options.expertTensors) {
            const std::string together = name + "_exps.weight";
            tensor(together, {columns, rows, m_options.experts}, typeOf(together), amplitudeFor(columns));
            return;
        }
        for (std::uint32_t i = 0; i < m_options.experts; ++i) {
            matrix(name + "." + std::to_string(i) + ".weight", columns, rows);
        }
    }

    /// Values of variance 1/columns, so that activations keep their size.
    static float amplitudeFor(std::uint64_t columns) { return std::sqrt(3.0f / static_cast<float>(columns)); }

    std::uint32_t typeOf(const std::string& name) const {
        const auto own = m_options.typeOf.find(name);
        return own == m_options.typeOf.end() ? m_options.type : own->second;
    }

    void tensor(const std::string& name, std::vector<std::uint64_t> shape, std::uint32_t type, float amplitude) {
        std::uint64_t elements = 1;
        for (const std::uint64_t extent : shape) elements *= extent;
        if (m_options.headOnly) {
            m_writer.missingTensor(name, std::move(shape), type);
        } else {
            m_writer.tensor(name, std::move(shape), type, randomBlocks(type, elements, amplitude, nextSeed()));
        }
    }

    /// `amplitude` 0: that of amplitudeFor().
    void matrix(const std::string& name, std::uint64_t columns, std::uint64_t rows, float amplitude = 0) {
        tensor(name, {columns, rows}, typeOf(name), amplitude != 0 ? amplitude : amplitudeFor(columns));
    }

    void norm(const std::string& name, std::uint64_t size) { vector(name, size, 0.9f, 1.1f); }

    /// f32 between two bounds.
    void vector(const std::string& name, std::uint64_t size, float low, float high) {
        std::vector<std::byte> bytes = randomBlocks(kF32, size, (high - low) / 2, nextSeed());
        auto* values = reinterpret_cast<float*>(bytes.data());
        for (std::uint64_t i = 0; i < size; ++i) {
            values[i] += (low + high) / 2;
        }
        if (m_options.headOnly) {
            m_writer.missingTensor(name, {size}, kF32);
        } else {
            m_writer.tensor(name, {size}, kF32, std::move(bytes));
        }
    }

    std::uint64_t nextSeed() { return m_options.seed * 1000003 + m_tensorCount++; }

    const TinyLlamaOptions& m_options;
    std::uint32_t m_headSize;
    std::uint64_t m_tensorCount = 0;
    GgufWriter m_writer;
};

}  // namespace

GgufWriter tinyLlama(const TinyLlamaOptions& options) {
    return TinyModel(options).build();
}

void writeTinyLlama(const std::filesystem::path& path, const TinyLlamaOptions& options) {
    tinyLlama(options).save(path);
}

}  // namespace lares::test
