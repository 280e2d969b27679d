// See soft_cap.h. One number per invocation.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/common/soft_cap.glsl"
#include "kernels/soft_cap/soft_cap_params.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { SoftCapParams p; };
layout(std430, binding = 0) readonly buffer In { float source[]; };
layout(std430, binding = 1) writeonly buffer Out { float result[]; };

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (i < p.count) result[i] = softCap(source[i], p.cap);
}
