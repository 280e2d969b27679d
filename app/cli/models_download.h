// `lares models download REPO[:FILE]`: FILE is a file's name or a quantisation; without it the recommended one is
// meant.
#pragma once

#include "app/cli/command.h"

namespace lares::cli {

/// Standard output says where the file is; standard error shows how far it is. Returns the exit code.
int downloadModel(const app::CompositionOptions& options, Arguments& arguments, bool json);

}  // namespace lares::cli
