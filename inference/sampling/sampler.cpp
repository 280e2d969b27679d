#include "inference/sampling/sampler.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <random>

namespace lares::inference {

namespace {

std::uint64_t drawSeed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

/// The likelier first; among equals the lower id, so that the order never depends on how it was found.
bool before(const Sampler::Candidate& a, const Sampler::Candidate& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
}

bool usable(float logit) {
    return !std::isnan(logit) && logit != -INFINITY;
}

[[noreturn]] void failNoNumbers() {
    throw Error(ErrorKind::badRequest,
                "The model answers with numbers that mean nothing; its file or the device is faulty.",
                "no logit is a usable number");
}

void require(bool holds, const char* sentence) {
    if (!holds) {
        throw Error(ErrorKind::badRequest, sentence);
    }
}

/// exp of the distance to the largest logit, over the temperature; an infinite logit leaves the finite ones nothing.
double weight(float logit, float largest, double temperature) {
    return logit == largest ? 1.0 : std::exp((double{logit} - double{largest}) / temperature);
}

float largestLogit(const std::vector<Sampler::Candidate>& candidates) {
    return std::min_element(candidates.begin(), candidates.end(), before)->logit;
}

}  // namespace

RandomGenerator::RandomGenerator(std::uint64_t seed) {
    next();
    m_state += seed;
    next();
}

std::uint32_t RandomGenerator::next() {
    const std::uint64_t state = m_state;
    m_state = state * 6364136223846793005u + 1442695040888963407u;
    const auto shifted = static_cast<std::uint32_t>(((state >> 18) ^ state) >> 27);
    const auto rotation = static_cast<std::uint32_t>(state >> 59);
    return (shifted >> rotation) | (shifted << ((32 - rotation) & 31));
}

double RandomGenerator::nextUnit() {
    const std::uint64_t high = next() >> 5;
    const std::uint64_t low = next() >> 6;
    return static_cast<double>((high << 26) | low) * 0x1p-53;
}

Sampler::Sampler(const SamplingParams& params, std::uint32_t vocabularySize)
    : m_params(params),
      m_vocabularySize(vocabularySize),
      m_seed(params.seed ? *params.seed : drawSeed()),
      m_random(m_seed) {
    require(std::isfinite(params.temperature) && params.temperature >= 0, "The temperature must be 0 or more.");
    require(params.topK >= 0, "Top-k must be 0 (off) or more.");
    require(params.topP >= 0 && params.topP <= 1, "Top-p must be from 0 to 1 (off).");
    require(params.minP >= 0 && params.minP <= 1, "Min-p must be from 0 (off) to 1.");
    require(std::isfinite(params.repeatPenalty) && params.repeatPenalty > 0,
            "The repetition penalty must be above 0 (1 is off).");
    require(params.repeatLastN >= 0, "The repetition penalty cannot look back over a negative number of tokens.");
}

TokenId Sampler::sample(std::span<float> logits, std::span<const TokenId> history) {
    if (m_params.temperature == 0) {
        assert(logits.size() == m_vocabularySize);
        applyPenalty(logits, history);
        return greedy(logits);
    }
    filter(logits, history);
    double left = m_random.nextUnit();
    for (const Candidate& candidate : m_candidates) {
        left -= candidate.probability;
        if (left < 0) {
            return candidate.id;
        }
    }
    // Rounding left a crumb over: it belongs to the last that could have been drawn.
    return std::find_if(m_candidates.rbegin(), m_candidates.rend(),
                        [](const Candidate& c) { return c.probability > 0; })
        ->id;
}

std::span<const Sampler::Candidate> Sampler::survivors(std::span<float> logits, std::span<const TokenId> history) {
    if (m_params.temperature == 0) {
        applyPenalty(logits, history);
        const TokenId id = greedy(logits);
        m_candidates.assign(1, {id, logits[static_cast<std::size_t>(id)], 1.0});
        return m_candidates;
    }
    filter(logits, history);
    sortFirst(m_candidates.size());
    return m_candidates;
}

void Sampler::filter(std::span<float> logits, std::span<const TokenId> history) {
    assert(logits.size() == m_vocabularySize);
    applyPenalty(logits, history);
    if (m_params.topK > 0 && static_cast<std::uint32_t>(m_params.topK) < m_vocabularySize) {
        collectTopK(logits);
    } else {
        collectAll(logits);
    }
    if (m_candidates.empty()) {
        failNoNumbers();
    }
    keepTopP();
    keepMinP();
    applyTemperature();
}

void Sampler::applyPenalty(std::span<float> logits, std::span<const TokenId> history) {
    if (m_params.repeatPenalty == 1) {
        return;
    }
    const auto recent = history.last(std::min(history.size(), static_cast<std::size_t>(m_params.repeatLastN)));
    m_recent.assign(recent.begin(), recent.end());
    std::sort(m_recent.begin(), m_recent.end());
    m_recent.erase(std::unique(m_recent.begin(), m_recent.end()), m_recent.end());
    for (const TokenId id : m_recent) {
        if (id >= 0 && static_cast<std::size_t>(id) < logits.size()) {
            float& logit = logits[static_cast<std::size_t>(id)];
            logit = logit > 0 ? logit / m_params.repeatPenalty : logit * m_params.repeatPenalty;
        }
    }
}

void Sampler::collectAll(std::span<const float> logits) {
    m_candidates.clear();
    m_sorted = 0;
    for (std::size_t id = 0; id < logits.size(); ++id) {
        if (usable(logits[id])) {
            m_candidates.push_back({static_cast<TokenId>(id), logits[id], 0});
        }
    }
}

/// One pass with a heap of k, the weakest on top: nearly every logit of a large vocabulary costs one comparison.
void Sampler::collectTopK(std::span<const float> logits) {
    const auto k = static_cast<std::size_t>(m_params.topK);
    m_candidates.clear();
    float weakest = -INFINITY;  // of the k best so far; nothing is refused before there are k
    for (std::size_t id = 0; id < logits.size(); ++id) {
        if (!(logits[id] > weakest)) {  // also NaN, and equals: the lower id is already in
            continue;
        }
        if (m_candidates.size() == k) {
            std::pop_heap(m_candidates.begin(), m_candidates.end(), before);
            m_candidates.pop_back();
        }
        m_candidates.push_back({static_cast<TokenId>(id), logits[id], 0});
        std::push_heap(m_candidates.begin(), m_candidates.end(), before);
        weakest = m_candidates.size() == k ? m_candidates.front().logit : weakest;
    }
    std::sort_heap(m_candidates.begin(), m_candidates.end(), before);
    m_sorted = m_candidates.size();
}

/// The smallest set of the likeliest (at temperature 1) that holds at least top-p of the probability.
void Sampler::keepTopP() {
    if (m_params.topP >= 1) {
        return;
    }
    const float largest = largestLogit(m_candidates);
    double total = 0;
    for (const Candidate& candidate : m_candidates) {
        total += weight(candidate.logit, largest, 1.0);
    }
    double held = 0;
    std::size_t kept = 0;
    do {
        sortFirst(kept + 1);
        held += weight(m_candidates[kept++].logit, largest, 1.0);
    } while (kept < m_candidates.size() && held < total * double{m_params.topP});
    m_candidates.resize(kept);
    m_sorted = kept;
}

/// Those at least min-p times as likely (at temperature 1) as the likeliest.
void Sampler::keepMinP() {
    if (m_params.minP <= 0) {
        return;
    }
    const float largest = largestLogit(m_candidates);
    const auto weak = [&](const Candidate& candidate) {
        return weight(candidate.logit, largest, 1.0) < double{m_params.minP};
    };
    const bool allSorted = m_sorted == m_candidates.size();
    m_candidates.erase(std::remove_if(m_candidates.begin(), m_candidates.end(), weak), m_candidates.end());
    m_sorted = allSorted ? m_candidates.size() : 0;
}

void Sampler::applyTemperature() {
    const float largest = largestLogit(m_candidates);
    double total = 0;
    for (Candidate& candidate : m_candidates) {
        candidate.probability = weight(candidate.logit, largest, double{m_params.temperature});
        total += candidate.probability;
    }
    for (Candidate& candidate : m_candidates) {
        candidate.probability /= total;
    }
}

/// Puts at least the first `count` in order, growing what is sorted in doubling steps so that few of many stay cheap.
void Sampler::sortFirst(std::size_t count) {
    while (m_sorted < count) {
        const std::size_t goal = std::min(m_candidates.size(), std::max<std::size_t>({count, 2 * m_sorted, 256}));
        std::partial_sort(m_candidates.begin() + static_cast<std::ptrdiff_t>(m_sorted),
                          m_candidates.begin() + static_cast<std::ptrdiff_t>(goal), m_candidates.end(), before);
        m_sorted = goal;
    }
}

TokenId greedy(std::span<const float> logits) {
    std::size_t best = logits.size();
    for (std::size_t id = 0; id < logits.size(); ++id) {
        if (usable(logits[id]) && (best == logits.size() || logits[id] > logits[best])) {
            best = id;
        }
    }
    if (best == logits.size()) {
        failNoNumbers();
    }
    return static_cast<TokenId>(best);
}

}  // namespace lares::inference
