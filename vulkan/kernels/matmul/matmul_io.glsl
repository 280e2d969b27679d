// What matvec.glsl and matmul.glsl share: bindings, reading activations, writing results.
#include "kernels/matmul/matmul_params.h"

// How the width of `in` lies: whole chunks; fours, so that vec4 loads are aligned but the last chunk is cut short; any.
const uint kWholeChunks = 0;
const uint kFours = 1;

layout(constant_id = 1) const uint kWidthKind = 0;

layout(push_constant) uniform Push { MatmulParams p; };
layout(std430, binding = 1) readonly buffer In { float source[]; };
layout(std430, binding = 1) readonly buffer In4 { vec4 source4[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };
layout(std430, binding = 3) readonly buffer Bias { float bias[]; };
layout(std430, binding = 4) readonly buffer Residual { float residual[]; };

// Four activations of row `batchRow` from `column` (a multiple of 4), zeros past the end: what lies there is not read.
vec4 loadActivations(uint batchRow, uint column) {
    const uint at = batchRow * p.columns + column;
    if (kWidthKind == kWholeChunks) return source4[at / 4];
    if (kWidthKind == kFours) return column < p.columns ? source4[at / 4] : vec4(0.0);
    vec4 v = vec4(0.0);
    for (uint e = 0; e < 4; ++e) {
        if (column + e < p.columns) v[e] = source[at + e];
    }
    return v;
}

// `row` counts in the window.
void storeResult(uint batchRow, uint row, float value) {
    const uint column = p.firstRow + row;
    if (p.hasBias != 0) value += bias[column];
    value *= p.scale;
    const uint at = batchRow * p.outWidth + column;
    if (p.hasResidual != 0) value += residual[at];
    result[at] = value;
}
