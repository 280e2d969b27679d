// See rope.h. One pair per invocation.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/common/turn.glsl"
#include "kernels/rope/rope_params.h"
#define STEP_BINDING 2
#include "kernels/common/step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kPairing = 0;  // RopePairing
layout(push_constant) uniform Push { RopeParams p; };
layout(std430, binding = 0) buffer Heads { float heads[]; };
layout(std430, binding = 1) readonly buffer Turns { uvec2 turns[]; };  // of one step: low and high word

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    const uint pair = i % p.pairs;
    const uint head = i / p.pairs;  // of all rows
    const uint row = head / p.headCount;
    if (row >= min(p.rows, stepTokenCount)) return;

    const uint position = stepPosition + row;
    const vec2 turn = p.magnitude * turnAt(turns[pair], position);

    const uint a = head * p.headSize + (kPairing == 0 ? pair * 2 : pair);
    const uint b = a + (kPairing == 0 ? 1 : p.pairs);
    const vec2 v = vec2(heads[a], heads[b]);
    heads[a] = v.x * turn.x - v.y * turn.y;
    heads[b] = v.x * turn.y + v.y * turn.x;
}
