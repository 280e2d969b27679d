#!/usr/bin/env bash
# Every C++ file is laid out as .clang-format says. `clang-format -i FILE` mends one.
#   tests/tidy/clang_format.sh ROOT
set -euo pipefail
cd "$1"
find vulkan inference storage app ui tests \( -name '*.cpp' -o -name '*.h' \) -print0 | xargs -0 -n 40 -P "$(nproc)" clang-format --dry-run -Werror
