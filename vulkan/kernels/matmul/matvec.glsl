// See matmul.h: up to 8 rows of activations. A workgroup, as a rule one subgroup, takes kRows rows of weights and shares
// out the chunks of the rows to its lanes in fours; at the end the lanes' sums are added up.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_EXT_control_flow_attributes : require
#include "kernels/common/elements.glsl"
#include "kernels/matmul/matmul_io.glsl"

#ifndef SCALE_RESULT
#define SCALE_RESULT 1.0  // the tests build one that is wrong, to see that they would notice
#endif

layout(local_size_x_id = 0) in;
layout(constant_id = 4) const uint kRows = 4;
layout(constant_id = 5) const uint kBatch = 1;

shared float partSums[64][kRows * kBatch];  // by subgroup

void main() {
    const uint firstRow = groupIndex() * kRows;
    if (firstRow >= p.rowCount) return;

    uint starts[kRows];
    [[unroll]] for (uint r = 0; r < kRows; ++r) starts[r] = min(firstRow + r, p.rowCount - 1) * p.rowVectors;
    float sums[kRows * kBatch];
    [[unroll]] for (uint i = 0; i < kRows * kBatch; ++i) sums[i] = 0.0;

    const uint lane = gl_LocalInvocationIndex % kLanesPerChunk;
    for (uint chunk = gl_LocalInvocationIndex / kLanesPerChunk; chunk < p.chunks;
         chunk += gl_WorkGroupSize.x / kLanesPerChunk) {
        Packed packed[kRows];
        [[unroll]] for (uint r = 0; r < kRows; ++r) packed[r] = loadPacked(starts[r], p.chunks, chunk, lane);
        const uint column = chunk * kChunkElements + lane * 4;
        [[unroll]] for (uint w = 0; w < 4; ++w) {
            vec4 low[kRows], high[kRows];
            [[unroll]] for (uint r = 0; r < kRows; ++r) unpackWord(packed[r], w, low[r], high[r]);
            [[unroll]] for (uint b = 0; b < kBatch; ++b) {
                const vec4 x = loadActivations(b, column + w * 32);
                const vec4 y = loadActivations(b, column + w * 32 + 16);
                [[unroll]] for (uint r = 0; r < kRows; ++r) sums[r * kBatch + b] += dot(low[r], x) + dot(high[r], y);
            }
        }
    }

    [[unroll]] for (uint i = 0; i < kRows * kBatch; ++i) sums[i] = subgroupAdd(sums[i]);
    if (gl_NumSubgroups > 1) {
        if (subgroupElect()) {
            [[unroll]] for (uint i = 0; i < kRows * kBatch; ++i) partSums[gl_SubgroupID][i] = sums[i];
        }
        barrier();
        [[unroll]] for (uint i = 0; i < kRows * kBatch; ++i) {
            sums[i] = 0.0;
            for (uint s = 0; s < gl_NumSubgroups; ++s) sums[i] += partSums[s][i];
        }
    }
    // Each sum is known to every lane; one lane writes each.
    [[unroll]] for (uint r = 0; r < kRows; ++r) {
        [[unroll]] for (uint b = 0; b < kBatch; ++b) {
            const uint i = r * kBatch + b;
            if (i % gl_WorkGroupSize.x == gl_LocalInvocationIndex && firstRow + r < p.rowCount) {
                storeResult(b, firstRow + r, sums[i] * SCALE_RESULT);
            }
        }
    }
}
