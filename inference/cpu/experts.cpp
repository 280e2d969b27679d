#include "inference/cpu/experts.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace lares::inference::cpu {

namespace {

/// The best expert behind (score, number) in the order of falling scores and rising numbers.
std::uint32_t nextBest(std::span<const float> scores, std::uint32_t number, bool any) {
    std::uint32_t best = 0;
    bool found = false;
    for (std::uint32_t i = 0; i < scores.size(); ++i) {
        const bool behind = any || scores[i] < scores[number] || (scores[i] == scores[number] && i > number);
        if (behind && (!found || scores[i] > scores[best])) {
            best = i;
            found = true;
        }
    }
    return best;
}

/// The share of the expert in the softmax over those that are not `taken` and, with a threshold, close to it.
float shareOf(std::span<const float> scores, std::uint32_t expert, std::span<const float> taken, float threshold) {
    const float score = scores[expert];
    float total = 0;
    for (std::uint32_t i = 0; i < scores.size(); ++i) {
        if (std::ranges::find(taken, static_cast<float>(i)) != taken.end()) continue;
        // Infinity times nothing is no number, and no bound.
        const bool far = score - scores[i] > threshold * std::max(std::abs(scores[i]), score);
        if (!far) total += std::exp(scores[i] - score);
    }
    return 1 / total;
}

float weightOf(Gating gating, std::span<const float> scores, std::uint32_t expert, std::span<const float> taken) {
    switch (gating) {
        case Gating::softmax:
            return shareOf(scores, expert, {}, std::numeric_limits<float>::infinity());
        case Gating::sigmoid:
            return 1 / (1 + std::exp(-scores[expert]));
        case Gating::sparseMixer:
            return shareOf(scores, expert, taken, 0.02f);
    }
    assert(false && "a gating without a formula");
    return 0;
}

}  // namespace

void chooseExperts(const Route& op, std::span<const float> scores, std::span<float> experts, std::span<float> weights) {
    std::uint32_t number = 0;
    float total = 0;
    for (std::size_t i = 0; i < experts.size(); ++i) {
        number = nextBest(scores, number, i == 0);
        weights[i] = weightOf(op.gating, scores, number, experts.first(i));
        experts[i] = static_cast<float>(number);
        total += weights[i];
    }
    for (float& weight : weights) weight *= op.scale / (op.renormalise ? total : 1);
}

void orderByExpert(std::span<const float> experts, std::uint32_t expertCount, std::span<std::uint32_t> order,
                   std::vector<ExpertRun>& runs) {
    assert(order.size() >= experts.size());
    runs.clear();
    std::uint32_t placed = 0;
    for (std::uint32_t expert = 0; expert < expertCount && placed < experts.size(); ++expert) {
        const std::uint32_t begin = placed;
        for (std::uint32_t pair = 0; pair < experts.size(); ++pair) {
            if (static_cast<std::uint32_t>(experts[pair]) == expert) order[placed++] = pair;
        }
        if (placed > begin) runs.push_back({expert, begin, placed});
    }
    assert(placed == experts.size());
}

}  // namespace lares::inference::cpu
