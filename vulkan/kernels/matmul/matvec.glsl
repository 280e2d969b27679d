// See matmul.h: few rows of activations, and expert_matmul.h: small tiles. A workgroup, as a rule one subgroup, takes kRows rows of weights and kBatch
// rows of activations, and shares out the chunks of the rows to its lanes in fours; at the end the lanes' sums are
// added up.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_EXT_control_flow_attributes : require
#include "kernels/common/elements.glsl"
#include "kernels/matmul/matmul_io.glsl"

#ifndef SCALE_RESULT
#define SCALE_RESULT 1.0  // the tests build one that is wrong, to see that they would notice
#endif

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint kRows = 4;
layout(constant_id = 3) const uint kBatch = 1;
layout(constant_id = 4) const bool kOneSubgroup = false;  // promised; then there is no barrier

shared float partSums[64][kRows * kBatch];  // by subgroup

Packed packed[kRows];
float sums[kRows * kBatch];
uint sourceRows[kBatch];

// Word w of the chunk in `packed`: adds its products to sums[weight row * kBatch + activation row].
void addWord(uint w, uint column) {
    vec4 x[kBatch], y[kBatch];
    [[unroll]] for (uint b = 0; b < kBatch; ++b) {
        x[b] = loadActivations(sourceRows[b], column + w * 32);
        y[b] = loadActivations(sourceRows[b], column + w * 32 + 16);
    }
    [[unroll]] for (uint r = 0; r < kRows; ++r) {
        vec4 low, high;
        unpackWord(packed[r], w, low, high);
        [[unroll]] for (uint b = 0; b < kBatch; ++b) sums[r * kBatch + b] += dot(low, x[b]) + dot(high, y[b]);
    }
}

void main() {
    const uint rowGroups = (tileWeightRows() + kRows - 1) / kRows;
    const uint firstRow = groupIndex() % rowGroups * kRows;
    if (!openTile(groupIndex() / rowGroups, kBatch, firstRow, kRows)) return;

    [[unroll]] for (uint b = 0; b < kBatch; ++b) sourceRows[b] = sourceRow(b);
    [[unroll]] for (uint i = 0; i < kRows * kBatch; ++i) sums[i] = 0.0;

    const uint lane = gl_LocalInvocationIndex % kLanesPerChunk;
    for (uint chunk = gl_LocalInvocationIndex / kLanesPerChunk; chunk < p.chunks;
         chunk += gl_WorkGroupSize.x / kLanesPerChunk) {
        [[unroll]] for (uint r = 0; r < kRows; ++r) {
            packed[r] = loadPacked(weightStart(firstRow + r), p.chunks, chunk, lane);
        }
        const uint column = chunk * kChunkElements + lane * 4;
        // One row of activations is worth the longer code; with more of them the loop's body is long enough.
        if (kBatch == 1) {
            [[unroll]] for (uint w = 0; w < 4; ++w) addWord(w, column);
        } else {
            for (uint w = 0; w < 4; ++w) addWord(w, column);
        }
    }

    [[unroll]] for (uint i = 0; i < kRows * kBatch; ++i) sums[i] = subgroupAdd(sums[i]);
    if (!kOneSubgroup && gl_NumSubgroups > 1) {
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
            if (i % gl_WorkGroupSize.x == gl_LocalInvocationIndex) {
                storeResult(b, firstRow + r, sums[i] * SCALE_RESULT);
            }
        }
    }
}
