// See combine_experts.h. One number per invocation.
#version 450
#include "kernels/combine_experts/combine_experts_params.h"
#include "kernels/common/elements.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { CombineExpertsParams p; };
layout(std430, binding = 0) readonly buffer In { float source[]; };
layout(std430, binding = 1) readonly buffer Weights { float weights[]; };
layout(std430, binding = 2) readonly buffer Residual { float residual[]; };
layout(std430, binding = 3) writeonly buffer Out { float result[]; };

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (i >= p.rows * p.width) return;
    const uint firstPair = i / p.width * p.used;
    float sum = 0.0;
    for (uint pair = firstPair; pair < firstPair + p.used; ++pair) {
        sum += weights[pair] * source[pair * p.width + i % p.width];
    }
    result[i] = residual[i] + sum;
}
