// What matvec.glsl and matmul.glsl share: bindings, reading activations. Which rows a workgroup multiplies, and where its
// results go, is told by batch_tile.glsl or, where EXPERTS is defined, by expert_tile.glsl.
#ifdef EXPERTS
#include "kernels/expert_matmul/expert_matmul_params.h"
layout(push_constant) uniform Push { ExpertMatmulParams p; };
#else
#include "kernels/matmul/matmul_params.h"
layout(push_constant) uniform Push { MatmulParams p; };
#endif

// How the width of `in` lies: whole chunks; fours, so that vec4 loads are aligned but the last chunk is cut short; any.
const uint kWholeChunks = 0;
const uint kFours = 1;

layout(constant_id = 1) const uint kWidthKind = 0;

layout(std430, binding = 1) readonly buffer In { float source[]; };
layout(std430, binding = 1) readonly buffer In4 { vec4 source4[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };

// Four activations of row `sourceRow` from `column` (a multiple of 4), zeros past the end: what lies there is not read.
vec4 loadActivations(uint sourceRow, uint column) {
    const uint at = sourceRow * p.columns + column;
    if (kWidthKind == kWholeChunks) return source4[at / 4];
    if (kWidthKind == kFours) return column < p.columns ? source4[at / 4] : vec4(0.0);
    vec4 v = vec4(0.0);
    for (uint e = 0; e < 4; ++e) {
        if (column + e < p.columns) v[e] = source[at + e];
    }
    return v;
}

#ifdef EXPERTS
#include "kernels/expert_matmul/expert_tile.glsl"
#else
#include "kernels/matmul/batch_tile.glsl"
#endif
