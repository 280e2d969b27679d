// See gated.h. Four numbers per invocation.
#version 450
#include "kernels/common/activation.glsl"
#include "kernels/common/elements.glsl"
#include "kernels/gated/gated_params.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { GatedParams p; };
layout(std430, binding = 0) readonly buffer Gate { float gate[]; };
layout(std430, binding = 1) readonly buffer Up { float up[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };
layout(std430, binding = 0) readonly buffer Gate4 { vec4 gate4[]; };
layout(std430, binding = 1) readonly buffer Up4 { vec4 up4[]; };
layout(std430, binding = 2) writeonly buffer Out4 { vec4 result4[]; };

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (i * 4 + 4 <= p.count) {
        result4[i] = activation(gate4[i]) * gatedValue(up4[i]);
    } else {
        for (uint e = i * 4; e < p.count; ++e) result[e] = (activation(vec4(gate[e])) * gatedValue(vec4(up[e]))).x;
    }
}
