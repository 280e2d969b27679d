// See activate.h. Four numbers per invocation.
#version 450
#include "kernels/activate/activate_params.h"
#include "kernels/common/activation.glsl"
#include "kernels/common/elements.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ActivateParams p; };
layout(std430, binding = 0) readonly buffer In { float source[]; };
layout(std430, binding = 1) writeonly buffer Out { float result[]; };
layout(std430, binding = 0) readonly buffer In4 { vec4 source4[]; };
layout(std430, binding = 1) writeonly buffer Out4 { vec4 result4[]; };

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (i * 4 + 4 <= p.count) {
        result4[i] = activation(source4[i]);
    } else {
        for (uint e = i * 4; e < p.count; ++e) result[e] = activation(vec4(source[e])).x;
    }
}
