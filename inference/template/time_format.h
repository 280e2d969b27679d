// strftime with English names, whatever the locale.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace lares::inference::jinja {

/// Unknown directives stay as they are written.
std::string formatTime(const std::tm& time, std::string_view format);

}  // namespace lares::inference::jinja
