// Joins the parts that attention.comp made when split. One workgroup per row and head.
#version 450
#include "kernels/attention/attention_params.h"
#define STEP_BINDING 2
#include "kernels/common/step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kFours = 16;
layout(constant_id = 2) const bool kWindowed = false;
layout(constant_id = 3) const bool kCausal = true;
layout(push_constant) uniform Push { AttentionParams p; };
layout(std430, binding = 0) readonly buffer Parts { vec4 parts[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 result[]; };

#include "kernels/attention/attention_range.glsl"

void main() {
    const uint head = gl_WorkGroupID.x;  // of all rows
    const uint row = head / p.headCount;
    if (row >= min(p.rows, stepTokenCount)) return;
    const uint limit = attentionLimit(kCausal, kWindowed, row);
    const uint used = (limit - attentionOrigin(kWindowed) + p.splitLength - 1) / p.splitLength;
    const uint start = head * p.splitCount * (kFours + 1);

    float highest = -3.0e38;
    for (uint s = 0; s < used; ++s) highest = max(highest, parts[start + s * (kFours + 1) + kFours].x);
    float total = 0.0;
    for (uint s = 0; s < used; ++s) {
        const vec4 state = parts[start + s * (kFours + 1) + kFours];
        total += state.y * exp(state.x - highest);
    }
    for (uint f = gl_LocalInvocationIndex; f < kFours; f += gl_WorkGroupSize.x) {
        vec4 sum = vec4(0.0);
        for (uint s = 0; s < used; ++s) {
            const uint part = start + s * (kFours + 1);
            sum += parts[part + f] * exp(parts[part + kFours].x - highest);
        }
        result[head * kFours + f] = sum / total;
    }
}
