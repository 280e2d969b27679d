// Finds stop strings in text that arrives in pieces. What may still become a stop string is held back, so a reader
// never sees the beginning of one; the text ends exactly before the first that is complete.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

class StopMatcher {
 public:
    /// Empty stop strings are ignored.
    explicit StopMatcher(std::vector<std::string> stopStrings);

    struct Result {
        std::string text;      ///< safe to show now; whole UTF-8 characters if the pieces were
        bool stopped = false;  ///< a stop string was met; everything from its first byte on is dropped
    };

    /// After a stop, further pieces give nothing.
    Result push(std::string_view piece);

    /// The end of the answer: what was held back and turned out to be no stop string.
    std::string finish();

    bool stopped() const { return m_stopped; }

 private:
    std::vector<std::string> m_stopStrings;
    std::string m_held;
    bool m_stopped = false;
};

}  // namespace lares::inference
