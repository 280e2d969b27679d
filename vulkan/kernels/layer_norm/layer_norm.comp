// See layer_norm.h. One workgroup per row.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/common/reduce.glsl"
#include "kernels/layer_norm/layer_norm_params.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { LayerNormParams p; };
layout(std430, binding = 0) readonly buffer In { float source[]; };
layout(std430, binding = 1) readonly buffer Weight { float weight[]; };
layout(std430, binding = 2) readonly buffer Bias { float bias[]; };
layout(std430, binding = 3) writeonly buffer Out { float result[]; };

void main() {
    const uint row = groupIndex();
    if (row >= p.rows) return;
    const uint start = row * p.width;
    const uint own = row % p.weightRows * p.width;
    float sum = 0.0;
    for (uint e = gl_LocalInvocationIndex; e < p.width; e += gl_WorkGroupSize.x) sum += source[start + e];
    const float mean = workgroupSum(sum) / float(p.width);
    float squares = 0.0;
    for (uint e = gl_LocalInvocationIndex; e < p.width; e += gl_WorkGroupSize.x) {
        const float difference = source[start + e] - mean;
        squares += difference * difference;
    }
    const float factor = 1.0 / sqrt(workgroupSum(squares) / float(p.width) + p.epsilon);
    for (uint e = gl_LocalInvocationIndex; e < p.width; e += gl_WorkGroupSize.x) {
        const float value = (source[start + e] - mean) * factor * weight[own + e];
        result[start + e] = p.hasBias != 0 ? value + bias[own + e] : value;
    }
}
