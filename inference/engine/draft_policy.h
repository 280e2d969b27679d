// When guessing ahead is worth it, and how far. Checking k guesses is one step over k + 1 tokens, which takes longer
// than a step over one and gives as many tokens as were guessed right, and one more. Both sides are estimated while an
// answer is made: how often guesses are right (also of those that were never checked together, because every plain
// token shows whether it had been guessed), and how long steps take. Only time depends on what is decided here: the
// answer does not.
#pragma once

#include <array>
#include <cstdint>

namespace lares::inference {

/// Seconds that steps of so many tokens take on one device with one model.
class StepCosts {
 public:
    static constexpr std::uint32_t kMostTokens = 8;

    void note(std::uint32_t tokens, double seconds);

    /// Of a step over `tokens` in steps over one token; guessed, rather too high, while none was measured lately. 0
    /// while nothing is known of steps over one token.
    double relative(std::uint32_t tokens) const;

 private:
    struct Cost {
        double seconds = 0;         ///< a running mean; 0: unknown
        bool met = false;           ///< the first such step also compiles shaders: it is not counted
        std::uint32_t notedAt = 0;  ///< on the clock of m_steps
    };
    bool known(std::uint32_t tokens) const;

    std::array<Cost, kMostTokens + 1> m_costs{};  ///< by tokens
    std::uint32_t m_steps = 0;
};

/// For one answer. A match (see NgramDrafter) of more tokens is trusted more, by its own record.
class DraftPolicy {
 public:
    /// Lengths of a draft. Two, and no more, so that few step sizes are recorded and measured.
    static constexpr std::uint32_t kShort = 3, kLong = 7;

    /// `guessed` tokens, found by a match of `matchLength`, met what the model says: `right` of them in a row.
    void note(std::uint32_t matchLength, std::uint32_t guessed, std::uint32_t right);

    /// 0, kShort or kLong, whichever gives the most tokens for the time.
    std::uint32_t draftLength(std::uint32_t matchLength, const StepCosts& costs) const;

 private:
    struct Record {
        double right = 1, all = 2;  ///< counts that fade; from the beginning half of the guesses are right
    };
    static std::size_t kind(std::uint32_t matchLength) { return matchLength < 4 ? 0 : matchLength < 8 ? 1 : 2; }

    std::array<Record, 3> m_records{};  ///< by kind()
};

}  // namespace lares::inference
