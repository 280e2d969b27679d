// The embedding of a text: its rows behind the last layer, pooled as the model wants it, and brought to length 1.
#include "inference/engine/loaded_model.h"

#include <cmath>
#include <numeric>

namespace lares::inference {

namespace {

/// Which rows of a text of `count` tokens are pooled, in rising order.
std::vector<std::uint32_t> pooledRows(Pooling pooling, std::uint32_t count) {
    if (pooling == Pooling::first) return {0};
    if (pooling == Pooling::last) return {count - 1};
    std::vector<std::uint32_t> all(count);
    std::iota(all.begin(), all.end(), 0u);
    return all;
}

}  // namespace

std::vector<float> LoadedModel::embed(std::string_view text) {
    if (m_pooling == Pooling::none) {
        throw Error(ErrorKind::badRequest,
                    "This model writes text and makes no embeddings. Choose an embedding model.");
    }
    const std::vector<TokenId> tokens = m_tokenizer.encode(text);
    if (tokens.empty()) throw Error(ErrorKind::badRequest, "There is nothing to embed: the text is empty.");
    if (tokens.size() > m_context.capacity()) {
        throw Error(ErrorKind::badRequest, "The text is " + std::to_string(tokens.size()) +
                                               " tokens long, but the model's context holds " +
                                               std::to_string(m_context.capacity()) + ". Embed it in shorter pieces.");
    }
    // The mean needs no divisor: the length becomes 1 either way.
    std::vector<double> sum(m_info.embeddingLength);
    m_context.score(tokens, pooledRows(m_pooling, static_cast<std::uint32_t>(tokens.size())),
                    [&](std::uint32_t, std::span<const float> row) {
                        for (std::size_t i = 0; i < row.size(); ++i) sum[i] += static_cast<double>(row[i]);
                    });
    const double length = std::sqrt(std::inner_product(sum.begin(), sum.end(), sum.begin(), 0.0));
    std::vector<float> embedding;
    for (const double number : sum) embedding.push_back(static_cast<float>(length > 0 ? number / length : 0.0));
    return embedding;
}

}  // namespace lares::inference
