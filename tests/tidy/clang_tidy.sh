#!/usr/bin/env bash
# clang-tidy over every source file of the product with the compile commands of BUILD, two at a time. Tests are left to the
# compiler's warnings and the sanitizers: reading them too would double the time.
# A file found clean is remembered in BUILD by the hash of itself, of all headers and of .clang-tidy, and not read again.
#   tests/tidy/clang_tidy.sh ROOT BUILD
set -euo pipefail
root=$1 build=$2
cd "$root"
mkdir -p "$build/tidy"
headers=$(find vulkan inference storage app ui tests -name '*.h' -print0 | sort -z | xargs -0 cat .clang-tidy | sha256sum | cut -c1-16)

pending=()
while IFS= read -r file; do
  stamp=$build/tidy/$(cat "$file" <(echo "$headers $file") | sha256sum | cut -c1-32)
  [ -e "$stamp" ] || pending+=("$file" "$stamp")
done < <(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" | sort -u \
           | grep "^$root/\(vulkan\|inference\|storage\|app\|ui\)/")
echo "$((${#pending[@]} / 2)) files to read"
[ "${#pending[@]}" -eq 0 ] && exit 0

# The precompiled headers of the build are another compiler's; clang reads the text instead.
sed -E 's/ (-Winvalid-pch )?-include [^ ]*cmake_pch\.hxx//' "$build/compile_commands.json" > "$build/tidy/compile_commands.json"
export build
printf '%s\0' "${pending[@]}" | xargs -0 -n 2 -P "$(nproc)" bash -c '
  clang-tidy -p "$build/tidy" --quiet --extra-arg=-Wno-unknown-warning-option "$0" 2>"$1.log" >"$1.out" \
    && touch "$1" || { cat "$1.out"; grep -E "error|warning: .*\[" "$1.log" | head -20; echo "FAILED $0"; exit 1; }'
