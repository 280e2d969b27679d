// Results on standard output.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lares::cli {

/// One JSON value on one line, at once; bytes that are not UTF-8 become U+FFFD.
void printJson(const nlohmann::ordered_json& value);

/// All of standard input, bytes as they are.
std::string readStandardInput();

}  // namespace lares::cli
