#include "inference/program/session.h"

#include <algorithm>
#include <cassert>

namespace lares::inference {

namespace {

/// Rows of logits are long, and nobody needs many at once.
constexpr std::uint32_t kMostLogitRows = 16;

}  // namespace

std::uint32_t mostStepRows(const ModelDefinition& model, const SessionShape& shape) {
    return model.parameters.pooling == Pooling::mean ? shape.chunkLength : std::min(kMostLogitRows, shape.chunkLength);
}

std::uint64_t layerCacheBytes(const ModelDefinition& model, std::uint32_t layer, const SessionShape& shape) {
    const HyperParameters& p = model.parameters;
    return std::uint64_t{2} * shape.cache().capacity(p.window(layer)) * p.kvWidth() *
           vulkan::cacheTypeBytes(shape.cacheType);
}

Session::Session(const ModelDefinition& model, const SessionShape& shape)
    : m_shape(shape),
      m_mostOutputRows(inference::mostStepRows(model, shape)),
      m_causal(model.parameters.causal),
      m_windows(model.parameters.windows) {
    assert(shape.contextLength > 0 && shape.chunkLength > 0);
}

bool Session::holds(std::uint32_t position) const {
    return std::ranges::all_of(m_windows, [&](std::uint32_t window) {
        const std::uint32_t capacity = m_shape.cache().capacity(window);
        const std::uint32_t lost = m_filledTo > capacity ? m_filledTo - capacity : 0;  // positions below
        const std::uint32_t first = window != 0 && position + 1 > window ? position + 1 - window : 0;
        return position == 0 || lost <= first;
    });
}

std::span<float> Session::step(std::span<const TokenId> tokens, std::uint32_t position,
                               std::span<const std::uint32_t> outputRows) {
    assert(!tokens.empty() && tokens.size() <= m_shape.chunkLength && outputRows.size() <= m_mostOutputRows);
    assert(position + tokens.size() <= m_shape.contextLength && holds(position));
    assert(m_causal || position == 0);
    assert(std::is_sorted(outputRows.begin(), outputRows.end()));
    const auto end = position + static_cast<std::uint32_t>(tokens.size());
    m_filledTo = position == 0 ? end : std::max(m_filledTo, end);
    return compute(tokens, position, outputRows);
}

void Session::adapt(const ModelDefinition& model, WeightId kept) {
    change(model, kept);
    m_filledTo = 0;
}

}  // namespace lares::inference
