#include "app/cli/engine/output.h"

#include "inference/error.h"

#include <iostream>
#include <iterator>

namespace lares::cli {

void printJson(const nlohmann::ordered_json& value) {
    std::cout << value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << std::endl;
    if (!std::cout) {
        throw inference::Error(inference::ErrorKind::io, "The result cannot be written to standard output.");
    }
}

std::string readStandardInput() {
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

}  // namespace lares::cli
