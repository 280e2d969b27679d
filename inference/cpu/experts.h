// Which experts a token is given to, and the pairs of token and expert put together by expert, so that an expert's
// weights are read once for all of its tokens.
#pragma once

#include "inference/program/operation.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lares::inference::cpu {

/// One row of Route: `scores` of all experts; `experts` and `weights` of the chosen ones, falling by score, the lower
/// number first among equals. Scores that are no numbers choose any expert.
void chooseExperts(const Route& op, std::span<const float> scores, std::span<float> experts, std::span<float> weights);

/// Pairs [begin, end) of an ordered list belong to one expert.
struct ExpertRun {
    std::uint32_t expert, begin, end;
};

/// Writes the numbers of all pairs (row * chosen + i) ordered by expert to `order`, and the runs of equal ones to
/// `runs`. experts [pairs], each below expertCount.
void orderByExpert(std::span<const float> experts, std::uint32_t expertCount, std::span<std::uint32_t> order,
                   std::vector<ExpertRun>& runs);

}  // namespace lares::inference::cpu
