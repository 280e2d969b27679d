// See embed.h. One workgroup per token; each invocation unpacks what a lane holds of a chunk.
#include "kernels/embed/embed_params.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { EmbedParams p; };
layout(std430, binding = 1) readonly buffer Tokens { uint tokens[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };

void main() {
    const uint row = tokens[gl_WorkGroupID.x] - p.firstRow;  // wraps around for rows before the window
    if (row >= p.rowCount) return;
    const uint start = gl_WorkGroupID.x * p.columns;
    for (uint i = gl_LocalInvocationIndex; i < p.chunks * kLanesPerChunk; i += gl_WorkGroupSize.x) {
        const uint chunk = i / kLanesPerChunk;
        const uint lane = i % kLanesPerChunk;
        const Packed packed = loadPacked(row * p.rowVectors, p.chunks, chunk, lane);
        for (uint w = 0; w < 4; ++w) {
            vec4 halves[2];
            unpackWord(packed, w, halves[0], halves[1]);
            for (uint h = 0; h < 2; ++h) {
                const uint column = chunk * kChunkElements + w * 32 + h * 16 + lane * 4;
                for (uint e = 0; e < 4; ++e) {
                    if (column + e < p.columns) result[start + column + e] = halves[h][e] * p.scale;
                }
            }
        }
    }
}
