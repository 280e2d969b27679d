#include "inference/engine/draft_policy.h"

#include <algorithm>
#include <cassert>

namespace lares::inference {

namespace {

constexpr double kMeanWeight = 0.125;         ///< of a new measurement
constexpr std::uint32_t kMostAgeSteps = 512;  ///< then a measurement is too old to say no
constexpr double kGuessedPerToken = 0.5;      ///< steps that another token costs, while nothing was measured
constexpr double kMostRemembered = 16;        ///< guesses
constexpr double kLeastGain = 1.1;

/// Tokens that a draft gives: those right in a row, when each is with that probability, and one more.
double expectedTokens(double probability, std::uint32_t guessed) {
    double sum = 1, product = 1;
    for (std::uint32_t i = 0; i < guessed; ++i) sum += product *= probability;
    return sum;
}

}  // namespace

void StepCosts::note(std::uint32_t tokens, double seconds) {
    assert(tokens >= 1 && tokens <= kMostTokens);
    ++m_steps;
    Cost& cost = m_costs[tokens];
    if (!cost.met) {
        cost.met = true;
        return;
    }
    if (!known(tokens)) {
        cost.seconds = seconds;
    } else {  // one step that the system interrupted says little
        cost.seconds += kMeanWeight * (std::min(seconds, 2 * cost.seconds) - cost.seconds);
    }
    cost.notedAt = m_steps;
}

bool StepCosts::known(std::uint32_t tokens) const {
    const Cost& cost = m_costs[tokens];
    return cost.seconds > 0 && (tokens == 1 || m_steps - cost.notedAt <= kMostAgeSteps);
}

double StepCosts::relative(std::uint32_t tokens) const {
    if (!known(1)) return 0;
    const double one = m_costs[1].seconds;
    if (known(tokens)) return m_costs[tokens].seconds / one;
    double perToken = kGuessedPerToken;
    for (std::uint32_t fewer = 2; fewer < tokens; ++fewer) {
        if (known(fewer)) perToken = (m_costs[fewer].seconds / one - 1) / (fewer - 1);
    }
    return 1 + perToken * (tokens - 1);
}

void DraftPolicy::note(std::uint32_t matchLength, std::uint32_t guessed, std::uint32_t right) {
    Record& record = m_records[kind(matchLength)];
    record.right += right;
    record.all += std::min(guessed, right + 1);  // behind a wrong one nothing was learnt
    if (record.all > kMostRemembered) {
        record.right *= kMostRemembered / record.all;
        record.all = kMostRemembered;
    }
}

std::uint32_t DraftPolicy::draftLength(std::uint32_t matchLength, const StepCosts& costs) const {
    const Record& record = m_records[kind(matchLength)];
    std::uint32_t best = 0;
    double bestGain = kLeastGain;
    for (const std::uint32_t length : {kShort, kLong}) {
        const double cost = costs.relative(length + 1);
        if (cost <= 0) return 0;
        const double gain = expectedTokens(record.right / record.all, length) / cost;
        if (gain <= bestGain) continue;
        best = length;
        bestGain = gain;
    }
    return best;
}

}  // namespace lares::inference
