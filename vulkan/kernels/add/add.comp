// See add.h. Four numbers per invocation.
#version 450
#include "kernels/add/add_params.h"
#include "kernels/common/elements.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { AddParams p; };
layout(std430, binding = 0) readonly buffer Left { float left[]; };
layout(std430, binding = 1) readonly buffer Right { float right[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };
layout(std430, binding = 0) readonly buffer Left4 { vec4 left4[]; };
layout(std430, binding = 1) readonly buffer Right4 { vec4 right4[]; };
layout(std430, binding = 2) writeonly buffer Out4 { vec4 result4[]; };

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (i * 4 + 4 <= p.count) {
        result4[i] = left4[i] + right4[i];
    } else {
        for (uint e = i * 4; e < p.count; ++e) result[e] = left[e] + right[e];
    }
}
