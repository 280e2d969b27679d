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

compile() { # NAME SOURCE
    "$GLSLC" -fshader-stage=compute --target-env=vulkan1.2 -O -Werror -I vulkan -MD -MF "$scratch/$1.d" \
        -o vulkan/prebuilt/$1.spv "$2"
    "$SPIRV_VAL" --target-env vulkan1.2 vulkan/prebuilt/$1.spv
}

rm -f vulkan/prebuilt/*.spv
for format in $(sed -n '/set(LARES_FORMATS/,/)/p' vulkan/formats/formats.cmake | sed 's/set(LARES_FORMATS//; s/)//'); do
    halves=any
    if [ -e vulkan/formats/${format}_halves.glsl ]; then halves=$format; fi
    for kernel in matmul/matmul_coop expert_matmul/expert_matmul_coop; do
        name=$(basename $kernel)_$format
        printf '#version 450\n#include "formats/%s.glsl"\n#include "formats/%s_halves.glsl"\n#include "kernels/%s.glsl"\n' \
            $format $halves $kernel > "$scratch/$name.comp"
        compile $name "$scratch/$name.comp"
    done
done
compile attention_coop vulkan/kernels/attention/attention_coop.comp
cat "$scratch"/*.d | tr ' ' '\n' | grep '^vulkan/' | grep -v '\.spv' | LC_ALL=C sort -u | xargs sha256sum > vulkan/prebuilt/sources.sha256
