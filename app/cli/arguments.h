// The words of a command line. A verb takes out what it knows, then says finish(), which refuses the rest:
//   const bool special = arguments.flag("--special");
//   const std::string model = arguments.word("MODEL");
//   arguments.finish();
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lares::cli {

/// The command line is wrong; what() says how. Ends the program with code 2 and the verb's usage.
class UsageError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

class Arguments {
 public:
    explicit Arguments(std::vector<std::string> words) : m_words(std::move(words)) {}

    bool flag(std::string_view name);                                          ///< "--special"
    std::optional<std::string> value(std::string_view name);                   ///< "--out FILE" or "--out=FILE"
    std::optional<std::int64_t> integer(std::string_view name);                ///< a whole number
    std::optional<double> number(std::string_view name);                       ///< a finite number
    std::optional<std::vector<std::int32_t>> integers(std::string_view name);  ///< "1,2,3"; may be empty
    std::string word(std::string_view what);    ///< the next that is no option; take options out first
    std::optional<std::string> optionalWord();  ///< likewise, where there may be none
    void finish() const;

 private:
    std::vector<std::string> m_words;
};

}  // namespace lares::cli
