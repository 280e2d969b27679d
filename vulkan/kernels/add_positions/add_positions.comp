// See add_positions.h. One number per invocation.
#version 450
#include "kernels/add_positions/add_positions_params.h"
#include "kernels/common/elements.glsl"
#define STEP_BINDING 2
#include "kernels/common/step.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { AddPositionsParams p; };
layout(std430, binding = 0) buffer Values { float values[]; };
layout(std430, binding = 1) readonly buffer Table { float table[]; };

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    const uint row = i / p.width;
    const uint position = p.sameRow != 0 ? 0 : stepPosition + row;
    if (row < min(p.rows, stepTokenCount) && position < p.positions) {
        values[i] += table[position * p.width + i % p.width];
    }
}
