// See attention.h: prompts on a device with cooperative matrices, over an f16 cache. A workgroup takes kQueries queries
// that share a key/value head, each of its subgroups kSize of them, and goes through the positions in blocks, whose
// keys and values lie in shared memory; those of the next block are on their way meanwhile. Each subgroup multiplies
// its queries (f16, in registers) with the keys, adding up in f32; weighs the scores with an online softmax, for which
// they pass through shared memory, because which lane holds which element of a matrix is not known; and multiplies the
// weights, rounded to f16, with the values.
//
// The sums are relative to a row's reference, a maximum that may lag behind the true one by kLag: so they are scaled in
// few blocks only, and no weight exceeds exp(kLag).
#version 450
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_control_flow_attributes : require
#include "kernels/attention/attention_params.h"
#include "kernels/common/halves.glsl"
#include "kernels/common/soft_cap.glsl"
#define STEP_BINDING 4
#include "kernels/common/step.glsl"
layout(constant_id = 0) const uint kInvocations = 128;
layout(constant_id = 1) const uint kSubgroups = 4;  // of the workgroup
layout(constant_id = 2) const uint kFours = 32;     // headSize / 4
layout(constant_id = 3) const uint kSize = 16;      // of the matrices; divides headSize
layout(constant_id = 4) const uint kRowLanes = 2;   // of a subgroup for a row: its size / kSize
layout(constant_id = 5) const bool kWindowed = false;
layout(constant_id = 6) const bool kSoftCapped = false;
layout(constant_id = 7) const bool kCausal = true;
layout(constant_id = 8) const bool kSinks = false;
layout(constant_id = 9) const bool kSlopes = false;
// Loops stay loops, where each instruction compiles slowly, and no matrix is computed in a branch: Mesa's lavapipe (26)
// computes it whether the branch is taken or not.
layout(constant_id = 10) const bool kSoftware = false;
layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { AttentionParams p; };
layout(std430, binding = 0) readonly buffer Query { vec4 query[]; };
layout(std430, binding = 1) readonly buffer Keys { uvec4 keyCache[]; };
layout(std430, binding = 2) readonly buffer Values { uvec4 valueCache[]; };
layout(std430, binding = 3) writeonly buffer Out { float result[]; };
layout(std430, binding = 5) readonly buffer Sinks { float sinks[]; };    // by head
layout(std430, binding = 6) readonly buffer Slopes { float slopes[]; };  // by head

const uint kQueries = kSubgroups * kSize;
#include "kernels/attention/attention_range.glsl"

const uint kPositions = 32;  // of a block
const float kLag = 4.0;
const uint kChunks = kFours / 2;      // of eight numbers, of a head
const uint kStride = kChunks * 4 + 4;  // of a row in shared memory, in pairs; neighbours in other banks
const uint kValues = kPositions * kStride;
const uint kLoads = (kPositions * kChunks + kInvocations - 1) / kInvocations;
const uint kTiles = kFours * 4 / kSize;  // of a head
const uint kBlockTiles = kPositions / kSize;
const uint kScoreStride = kPositions + 4;
const uint kWeightStride = kPositions / 2 + 4;
const uint kLaneEights = kPositions / 8 / kRowLanes;  // of a row's scores, a lane's

// Keys, then values; before that, the queries. They may not be more than those.
shared f16vec2 block[2 * kValues];
shared float scores[kSubgroups * kSize * kScoreStride];
shared f16vec2 weights[kSubgroups * kSize * kWeightStride];

uvec4 nextKeys[kLoads], nextValues[kLoads];
#define SumMatrix coopmat<float, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseAccumulator>
coopmat<float16_t, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseA> queries[kTiles];
SumMatrix sums[kTiles];

uint ownScores, ownWeights, ownRow, ownPart;  // the subgroup's; of its kSize rows; of the row's kRowLanes lanes
uint ownHead, ownFirst, ownLimit;  // of the row's query, and what it sees
float reference, total, ownPosition;

// kBlockTiles; in software something that is not known beforehand.
uint blockTiles() {
    return kSoftware ? min(kBlockTiles, p.rows * kBlockTiles) : kBlockTiles;
}

void putWord(uint at, uvec4 halves) {
    [[unroll]] for (uint i = 0; i < 4; ++i) block[at + i] = unpackFloat2x16(halves[i]);
}

void loadQueries() {
    for (uint i = gl_LocalInvocationIndex; i < kQueries * kChunks; i += kInvocations) {
        const uint q = i / kChunks, at = queryStart(q) + i % kChunks * 2;
        uvec4 halves = uvec4(0);
        if (rowOf(q) < rowsInUse()) halves = toHalves(query[at] * p.scale, query[at + 1] * p.scale);
        putWord(q * kStride + i % kChunks * 4, halves);
    }
    barrier();
    [[unroll]] for (uint t = 0; t < kTiles; ++t) {
        coopMatLoad(queries[t], block, gl_SubgroupID * kSize * kStride + t * (kSize / 2), kStride,
                    gl_CooperativeMatrixLayoutRowMajor);
        sums[t] = SumMatrix(0.0);
    }
}

// Asks memory for a block. Past the end nothing was ever stored, and that may be no number.
void fetch(uint first, uint end) {
    [[unroll]] for (uint l = 0; l < kLoads; ++l) {
        const uint i = gl_LocalInvocationIndex + l * kInvocations;
        const uint position = first + i / kChunks;
        nextKeys[l] = nextValues[l] = uvec4(0);
        if (position < end && i < kPositions * kChunks) {
            const uint at = (cacheRow(position) * p.headCountKv + kvHead()) * kChunks + i % kChunks;
            nextKeys[l] = keyCache[at];
            nextValues[l] = valueCache[at];
        }
    }
}

void put() {
    [[unroll]] for (uint l = 0; l < kLoads; ++l) {
        const uint i = gl_LocalInvocationIndex + l * kInvocations;
        if (i >= kPositions * kChunks) break;
        putWord(i / kChunks * kStride + i % kChunks * 4, nextKeys[l]);
        putWord(kValues + i / kChunks * kStride + i % kChunks * 4, nextValues[l]);
    }
}

// Scores of the subgroup's queries for the block's positions.
void multiplyKeys() {
    [[unroll]] for (uint b = 0; b < blockTiles(); ++b) {
        SumMatrix products = SumMatrix(0.0);
        [[unroll]] for (uint t = 0; t < kTiles; ++t) {
            coopmat<float16_t, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseB> keys;
            coopMatLoad(keys, block, b * kSize * kStride + t * (kSize / 2), kStride,
                        gl_CooperativeMatrixLayoutColumnMajor);
            products = coopMatMulAdd(queries[t], keys, products);
        }
        coopMatStore(products, scores, ownScores + b * kSize, kScoreStride, gl_CooperativeMatrixLayoutRowMajor);
    }
    subgroupBarrier();
}

// Each row of the sums times its lanes' factor. The scores are overwritten.
void scaleSums(float factor) {
    for (uint i = ownPart; i < kSize; i += kRowLanes) scores[ownScores + ownRow * kScoreStride + i] = factor;
    subgroupBarrier();
    SumMatrix factors;
    coopMatLoad(factors, scores, ownScores, kScoreStride, gl_CooperativeMatrixLayoutRowMajor);
    [[unroll]] for (uint t = 0; t < kTiles; ++t) sums[t] = sums[t] * factors;
    subgroupBarrier();
}

float scoreAt(float score, uint position) {
    if (kSoftCapped) score = softCap(score, p.softCap);
    if (kSlopes) score -= slopes[ownHead] * abs(float(position) - ownPosition);
    return position >= ownFirst && position < ownLimit ? score : kNothing;
}

// Scores -> weights, as f16; reference and total, and the sums where the reference changes.
void weigh(uint first) {
    const uint row = ownScores + ownRow * kScoreStride;
    vec4 own[kLaneEights * 2];
    float highest = kNothing;
    [[unroll]] for (uint i = 0; i < kLaneEights * 2; ++i) {
        const uint four = (ownPart + i / 2 * kRowLanes) * 2 + i % 2;
        [[unroll]] for (uint c = 0; c < 4; ++c) {
            own[i][c] = scoreAt(scores[row + four * 4 + c], first + four * 4 + c);
            highest = max(highest, own[i][c]);
        }
    }
    [[unroll]] for (uint lanes = 1; lanes < kRowLanes; lanes *= 2) {
        highest = max(highest, subgroupShuffleXor(highest, lanes * kSize));
    }
    subgroupBarrier();
    float factor = 1.0;
    if (highest > reference + kLag) {
        factor = exponential(reference, highest);
        total *= factor;
        reference = highest;
    }
    if (kSoftware || subgroupAny(factor != 1.0)) scaleSums(factor);
    [[unroll]] for (uint i = 0; i < kLaneEights; ++i) {
        vec4 low, high;
        [[unroll]] for (uint c = 0; c < 4; ++c) {
            low[c] = exponential(own[i * 2][c], reference);
            high[c] = exponential(own[i * 2 + 1][c], reference);
        }
        total += dot(low + high, vec4(1.0));
        const uint at = ownWeights + ownRow * kWeightStride + (ownPart + i * kRowLanes) * 4;
        weights[at] = f16vec2(low.xy);
        weights[at + 1] = f16vec2(low.zw);
        weights[at + 2] = f16vec2(high.xy);
        weights[at + 3] = f16vec2(high.zw);
    }
    subgroupBarrier();
}

void multiplyValues() {
    [[unroll]] for (uint b = 0; b < blockTiles(); ++b) {
        coopmat<float16_t, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseA> shares;
        coopMatLoad(shares, weights, ownWeights + b * (kSize / 2), kWeightStride, gl_CooperativeMatrixLayoutRowMajor);
        [[unroll]] for (uint t = 0; t < kTiles; ++t) {
            coopmat<float16_t, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseB> values;
            coopMatLoad(values, block, kValues + b * kSize * kStride + t * (kSize / 2), kStride,
                        gl_CooperativeMatrixLayoutRowMajor);
            sums[t] = coopMatMulAdd(shares, values, sums[t]);
        }
    }
    subgroupBarrier();
}

void storeResults() {
    [[unroll]] for (uint lanes = 1; lanes < kRowLanes; lanes *= 2) total += subgroupShuffleXor(total, lanes * kSize);
    const float sink = kSinks ? sinks[ownHead] : kNothing;  // a score whose value is zero
    const float highest = max(reference, sink);
    const float factor = exponential(reference, highest);
    const float all = total * factor + exponential(sink, highest);
    scaleSums(all > 0.0 ? factor / all : 0.0);
    [[unroll]] for (uint t = 0; t < kTiles; ++t) {
        coopMatStore(sums[t], scores, ownScores, kScoreStride, gl_CooperativeMatrixLayoutRowMajor);
        subgroupBarrier();
        for (uint i = gl_SubgroupInvocationID; i < kSize * kSize; i += kSize * kRowLanes) {
            const uint q = gl_SubgroupID * kSize + i / kSize, column = i % kSize;
            if (rowOf(q) >= rowsInUse()) break;
            result[queryStart(q) * 4 + t * kSize + column] = scores[ownScores + i / kSize * kScoreStride + column];
        }
        subgroupBarrier();
    }
}

void main() {
    if (rowOf(0) >= rowsInUse()) return;
    const uint begin = firstSeen(rowOf(0));
    const uint end = limitSeen(min(rowOf(kQueries - 1), rowsInUse() - 1));
    ownScores = gl_SubgroupID * kSize * kScoreStride, ownWeights = gl_SubgroupID * kSize * kWeightStride;
    ownRow = gl_SubgroupInvocationID % kSize, ownPart = gl_SubgroupInvocationID / kSize;
    const uint q = gl_SubgroupID * kSize + ownRow;
    const bool there = rowOf(q) < rowsInUse();
    ownHead = headOf(q);
    ownPosition = float(stepPosition + rowOf(q));
    ownFirst = there ? firstSeen(rowOf(q)) : 0;
    ownLimit = there ? limitSeen(rowOf(q)) : 0;
    reference = kNothing, total = 0.0;
    loadQueries();
    fetch(begin, end);
    for (uint first = begin; first < end; first += kPositions) {
        barrier();
        put();
        barrier();
        fetch(first + kPositions, end);
        multiplyKeys();
        weigh(first);
        multiplyValues();
    }
    storeResults();
}
