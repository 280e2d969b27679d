// From logits to the next token: repetition penalty, top-k, top-p, min-p, temperature, draw. Deterministic from its
// seed on every machine (own generator, no std distributions). Not here: grammars, stop strings (stop_matcher.h).
// Sources: Keskar et al. 2019 (repetition penalty), Holtzman et al. 2020 (top-p), Nguyen et al. 2024 (min-p),
// O'Neill 2014 (the PCG generator).
#pragma once

#include "inference/types.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lares::inference {

/// PCG-XSH-RR with 64 bits of state: small, good, the same everywhere.
class RandomGenerator {
 public:
    explicit RandomGenerator(std::uint64_t seed);
    std::uint32_t next();
    double nextUnit();  ///< uniform in [0, 1), 53 bits

 private:
    std::uint64_t m_state = 0;
};

/// One chain for one answer. Holds scratch memory of the size of the vocabulary; one thread at a time.
class Sampler {
 public:
    struct Candidate {
        TokenId id = 0;
        float logit = 0;
        double probability = 0;  ///< among the survivors, after temperature; they add up to 1
    };

    /// Throws badRequest when a parameter is out of its range (NaN, negative top-k, top-p outside 0..1, ...).
    Sampler(const SamplingParams& params, std::uint32_t vocabularySize);

    /// `logits`: [vocabularySize] f32, changed in place by the penalty. `history`: all tokens so far, oldest first; the
    /// last repeatLastN count. NaN and -inf never win. Throws badRequest when no logit is a usable number (the model is
    /// broken).
    TokenId sample(std::span<float> logits, std::span<const TokenId> history);

    /// The chain without the draw: who is left with which probability, the likeliest first. Valid until the next call.
    std::span<const Candidate> survivors(std::span<float> logits, std::span<const TokenId> history);

    /// The seed in use: the given one, or the one drawn for this sampler.
    std::uint64_t seed() const { return m_seed; }

 private:
    /// Penalty, top-k, top-p, min-p and temperature; the first m_sorted of m_candidates are in order then.
    void filter(std::span<float> logits, std::span<const TokenId> history);
    void applyPenalty(std::span<float> logits, std::span<const TokenId> history);
    void collectAll(std::span<const float> logits);
    void collectTopK(std::span<const float> logits);
    void keepTopP();
    void keepMinP();
    void applyTemperature();
    void sortFirst(std::size_t count);

    SamplingParams m_params;
    std::uint32_t m_vocabularySize;
    std::uint64_t m_seed;
    RandomGenerator m_random;
    std::vector<Candidate> m_candidates;
    std::size_t m_sorted = 0;
    std::vector<TokenId> m_recent;
};

/// The id of the largest logit, the lowest id among equals. NaN is passed over. Throws badRequest when nothing is left.
TokenId greedy(std::span<const float> logits);

}  // namespace lares::inference
