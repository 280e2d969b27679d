#!/bin/sh
# Compiles the shaders that use cooperative matrices, which Debian 12's glslc cannot: vulkan/prebuilt/compile.sh GLSLC
# [SPIRV_VAL]. GLSLC is shaderc 2024 or newer. What it writes is committed: the SPIR-V, and the hashes of all sources
# that went into it; the test prebuilt_shaders fails when a source was changed afterwards.
set -eu
GLSLC=$1
SPIRV_VAL=${2:-$(dirname "$1")/spirv-val}
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

rm -f vulkan/prebuilt/*.spv
for format in $(sed -n '/set(LARES_FORMATS/,/)/p' vulkan/formats/formats.cmake | sed 's/set(LARES_FORMATS//; s/)//'); do
    halves=any
    if [ -e vulkan/formats/${format}_halves.glsl ]; then halves=$format; fi
    for kernel in matmul/matmul_coop expert_matmul/expert_matmul_coop; do
        name=$(basename $kernel)_$format
        printf '#version 450\n#include "formats/%s.glsl"\n#include "formats/%s_halves.glsl"\n#include "kernels/%s.glsl"\n' \
            $format $halves $kernel > "$scratch/$name.comp"
        "$GLSLC" -fshader-stage=compute --target-env=vulkan1.2 -O -Werror -I vulkan -MD -MF "$scratch/$name.d" \
            -o vulkan/prebuilt/$name.spv "$scratch/$name.comp"
        "$SPIRV_VAL" --target-env vulkan1.2 vulkan/prebuilt/$name.spv
    done
done
cat "$scratch"/*.d | tr ' ' '\n' | grep '^vulkan/' | grep -v '\.spv' | LC_ALL=C sort -u | xargs sha256sum > vulkan/prebuilt/sources.sha256
