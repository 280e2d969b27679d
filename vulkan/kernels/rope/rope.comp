// See rope.h. One pair per invocation.
//
// Cosine and sine are ours: Vulkan asks no more than an absolute error of 2^-11 of the built-in ones. The angle is a
// whole number of 2^-32 turns; its top bits give the nearest quarter turn, the rest lies within an eighth of a turn,
// where the Taylor series to the terms below are good to f32 (the first one left out is under 2^-29).
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/rope/rope_params.h"
#define STEP_BINDING 2
#include "kernels/common/step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kPairing = 0;  // RopePairing
layout(push_constant) uniform Push { RopeParams p; };
layout(std430, binding = 0) buffer Heads { float heads[]; };
layout(std430, binding = 1) readonly buffer Turns { uvec2 turns[]; };  // of one step: low and high word

vec2 cosineAndSine(uint angle) {
    const uint quarter = (angle + 0x20000000u) >> 30;
    const float x = float(int(angle - (quarter << 30))) * 1.4629180792671596e-09;  // 2 pi / 2^32
    const float y = x * x;
    const float c = 1.0 + y * (-0.5 + y * (4.16666667e-2 + y * (-1.38888889e-3 + y * 2.48015873e-5)));
    const float s = x + x * y * (-1.66666667e-1 + y * (8.33333333e-3 + y * (-1.98412698e-4 + y * 2.75573192e-6)));
    const vec2 turned = (quarter & 1u) == 0u ? vec2(c, s) : vec2(-s, c);
    return (quarter & 2u) == 0u ? turned : -turned;
}

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    const uint pair = i % p.pairs;
    const uint head = i / p.pairs;  // of all rows
    const uint row = head / p.headCount;
    if (row >= min(p.rows, stepTokenCount)) return;

    const uint position = stepPosition + row;
    uint carry, ignored;
    umulExtended(turns[pair].x, position, carry, ignored);
    const vec2 turn = p.magnitude * cosineAndSine(turns[pair].y * position + carry);

    const uint a = head * p.headSize + (kPairing == 0 ? pair * 2 : pair);
    const uint b = a + (kPairing == 0 ? 1 : p.pairs);
    const vec2 v = vec2(heads[a], heads[b]);
    heads[a] = v.x * turn.x - v.y * turn.y;
    heads[b] = v.x * turn.y + v.y * turn.x;
}
