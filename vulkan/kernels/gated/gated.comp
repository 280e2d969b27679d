// See gated.h. Four numbers per invocation.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/gated/gated_params.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kActivation = 0;  // GateActivation
layout(push_constant) uniform Push { GatedParams p; };
layout(std430, binding = 0) readonly buffer Gate { float gate[]; };
layout(std430, binding = 1) readonly buffer Up { float up[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };
layout(std430, binding = 0) readonly buffer Gate4 { vec4 gate4[]; };
layout(std430, binding = 1) readonly buffer Up4 { vec4 up4[]; };
layout(std430, binding = 2) writeonly buffer Out4 { vec4 result4[]; };

// x / (1 + exp(-z)). The exponent is held below overflow, where the quotient is 0 in all but name: an infinity here is
// not defined on every device.
vec4 timesSigmoid(vec4 x, vec4 z) {
    return x / (1.0 + exp(min(-z, vec4(87.0))));
}

vec4 activation(vec4 x) {
    switch (kActivation) {
        case 1: return timesSigmoid(x, 1.5957691216057308 * (x + 0.044715 * x * x * x));  // geluTanh
        default: return timesSigmoid(x, x);                                               // silu
    }
}

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (i * 4 + 4 <= p.count) {
        result4[i] = activation(gate4[i]) * up4[i];
    } else {
        for (uint e = i * 4; e < p.count; ++e) result[e] = activation(vec4(gate[e])).x * up[e];
    }
}
