// See rms_norm.h. One workgroup per row.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/common/reduce.glsl"
#include "kernels/rms_norm/rms_norm_params.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { RmsNormParams p; };
layout(std430, binding = 0) readonly buffer In { float source[]; };
layout(std430, binding = 1) readonly buffer Weight { float weight[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };

void main() {
    const uint row = groupIndex();
    if (row >= p.rows) return;
    const uint start = row * p.width;
    float sum = 0.0;
    for (uint e = gl_LocalInvocationIndex; e < p.width; e += gl_WorkGroupSize.x) {
        sum += source[start + e] * source[start + e];
    }
    const float factor = 1.0 / sqrt(workgroupSum(sum) / float(p.width) + p.epsilon);
    for (uint e = gl_LocalInvocationIndex; e < p.width; e += gl_WorkGroupSize.x) {
        result[start + e] = source[start + e] * factor * weight[e];
    }
}
