#include "inference/cpu/experts.h"

#include <algorithm>
#include <cassert>
#include <cmath>

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

}  // namespace

void chooseExperts(const Route& op, std::span<const float> scores, std::span<float> experts, std::span<float> weights) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < experts.size(); ++i) {
        number = nextBest(scores, number, i == 0);
        experts[i] = static_cast<float>(number);
    }
    const float highest = scores[static_cast<std::size_t>(experts[0])];
    const auto weightOf = [&](float score) {
        return op.gating == Gating::sigmoid ? 1 / (1 + std::exp(-score)) : std::exp(score - highest);
    };
    float total = op.gating == Gating::sigmoid ? 1.0f : 0.0f;
    for (std::size_t i = 0; i < experts.size(); ++i)
        weights[i] = weightOf(scores[static_cast<std::size_t>(experts[i])]);
    if (op.renormalise) {
        total = 0;
        for (const float weight : weights) total += weight;
    } else if (op.gating == Gating::softmax) {
        for (const float score : scores) total += weightOf(score);
    }
    for (float& weight : weights) weight = weight / total * op.scale;
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
