// See stream_read.h. A workgroup reads a piece of its own from beginning to end, 16 bytes per invocation and turn.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/stream_read/stream_read_params.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { StreamReadParams p; };
layout(std430, binding = 0) readonly buffer In { uvec4 words[]; };
layout(std430, binding = 1) writeonly buffer Out { uint result[]; };

void main() {
    const uint first = groupIndex() * p.groupVectors;
    const uint end = min(first + p.groupVectors, p.vectors);
    uvec4 sum = uvec4(0);
    for (uint i = first + gl_LocalInvocationIndex; i < end; i += gl_WorkGroupSize.x) sum += words[i];
    // Hardly ever so, but the compiler cannot know, and so has to read.
    if (sum.x + sum.y + sum.z + sum.w == 0x5eed1e55u) result[0] = gl_LocalInvocationIndex;
}
