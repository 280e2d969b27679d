// See attention.h. A workgroup takes kQueries queries (pairs of a batch row and a head) that share a key/value head,
// and one part of the positions. It goes through them in blocks: four lanes to a position add up query times key; a
// subgroup for each query keeps the running maximum and sum; then every invocation adds up values for four numbers of
// the head, over every kSlices-th position of the block.
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "kernels/attention/attention_params.h"
#include "kernels/common/soft_cap.glsl"
#define STEP_BINDING 4
#include "kernels/common/step.glsl"

layout(constant_id = 0) const uint kInvocations = 32;
layout(constant_id = 1) const uint kFours = 16;  // headSize / 4
layout(constant_id = 2) const uint kQueries = 1;
layout(constant_id = 3) const bool kHalf = true;
layout(constant_id = 4) const bool kSplit = false;
layout(constant_id = 5) const bool kWindowed = false;
layout(constant_id = 6) const bool kSoftCapped = false;
layout(constant_id = 7) const bool kCausal = true;
layout(constant_id = 8) const bool kSinks = false;
layout(constant_id = 9) const bool kSlopes = false;
layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { AttentionParams p; };
layout(std430, binding = 0) readonly buffer Query { vec4 query[]; };
layout(std430, binding = 1) readonly buffer KeyCache { vec4 keyCache[]; };
layout(std430, binding = 1) readonly buffer KeyCacheHalf { uvec2 keyCacheHalf[]; };
layout(std430, binding = 2) readonly buffer ValueCache { vec4 valueCache[]; };
layout(std430, binding = 2) readonly buffer ValueCacheHalf { uvec2 valueCacheHalf[]; };
// The result; or, when split, for each (row, head, part) its kFours sums and then (maximum, sum, -, -).
layout(std430, binding = 3) writeonly buffer Out { vec4 result[]; };
layout(std430, binding = 5) readonly buffer Sinks { float sinks[]; };    // by head
layout(std430, binding = 6) readonly buffer Slopes { float slopes[]; };  // by head

#include "kernels/attention/attention_range.glsl"

const uint kLanesPerPosition = 4;
const uint kPositions = kInvocations / kLanesPerPosition;  // of a block
const uint kSlices = kInvocations > kFours ? kInvocations / kFours : 1;
const uint kOwn = (kFours + kInvocations - 1) / kInvocations;  // fours of the head that an invocation sums
const float kNothing = -3.0e38;                                // maximum of no scores

shared vec4 queries[kQueries][kFours];  // scaled
shared float products[kQueries][kInvocations];
shared float weights[kQueries][kPositions];
shared float maximum[kQueries];
shared float total[kQueries];
shared float rescale[kQueries];
shared vec4 slices[kInvocations];

vec4 fromHalf(uvec2 v) {
    return vec4(unpackHalf2x16(v.x), unpackHalf2x16(v.y));
}

vec4 loadKey(uint at) {
    return kHalf ? fromHalf(keyCacheHalf[at]) : keyCache[at];
}

vec4 loadValue(uint at) {
    return kHalf ? fromHalf(valueCacheHalf[at]) : valueCache[at];
}

uint groupSize() {
    return p.headCount / p.headCountKv;
}

uint rowOf(uint q) {
    return (gl_WorkGroupID.x * kQueries + q) / groupSize();
}

uint headOf(uint q) {
    return gl_WorkGroupID.y * groupSize() + (gl_WorkGroupID.x * kQueries + q) % groupSize();
}

bool inUse(uint q) {
    return rowOf(q) < min(p.rows, stepTokenCount);
}

// A query sees the positions firstOf(q) to limitOf(q) - 1.
uint limitOf(uint q) {
    return inUse(q) ? attentionLimit(kCausal, kWindowed, rowOf(q)) : 0;
}

uint firstOf(uint q) {
    const uint limit = limitOf(q);
    return kWindowed && limit > p.window ? limit - p.window : 0;
}

uint cacheRow(uint position) {
    return kWindowed ? position % p.capacity : position;
}

// products -> weights, maximum, total, rescale, for the block from `first` on.
void weighBlock(uint first) {
    const uint lane = subgroupExclusiveAdd(1u);
    const uint lanes = subgroupAdd(1u);
    for (uint q = gl_SubgroupID; q < kQueries; q += gl_NumSubgroups) {
        const uint limit = limitOf(q);
        const uint lowest = firstOf(q);
        const float slope = kSlopes ? slopes[headOf(q)] : 0.0;
        float highest = kNothing;
        for (uint i = lane; i < kPositions; i += lanes) {
            float score = 0.0;
            [[unroll]] for (uint l = 0; l < kLanesPerPosition; ++l) score += products[q][i * kLanesPerPosition + l];
            if (kSoftCapped) score = softCap(score, p.softCap);
            if (kSlopes) score -= slope * abs(float(first + i) - float(stepPosition + rowOf(q)));
            if (first + i >= limit || first + i < lowest) score = kNothing;
            weights[q][i] = score;
            highest = max(highest, score);
        }
        const float before = maximum[q];
        const float now = max(before, subgroupMax(highest));
        float sum = 0.0;
        for (uint i = lane; i < kPositions; i += lanes) {
            const float score = weights[q][i];
            const float weight = score > kNothing ? exp(score - now) : 0.0;
            weights[q][i] = weight;
            sum += weight;
        }
        sum = subgroupAdd(sum);
        const float factor = before > kNothing ? exp(before - now) : 0.0;
        if (subgroupElect()) {
            rescale[q] = factor;
            maximum[q] = now;
            total[q] = total[q] * factor + sum;
        }
    }
}

void main() {
    const uint invocation = gl_LocalInvocationIndex;
    const uint kvHead = gl_WorkGroupID.y;
    const uint rowFours = p.headCountKv * kFours;

    uint end = 0;
    for (uint q = 0; q < kQueries; ++q) end = max(end, limitOf(q));
    uint begin = attentionOrigin(kWindowed) + gl_WorkGroupID.z * p.splitLength;
    end = min(end, begin + p.splitLength);
    if (kWindowed && !kSplit) begin = max(begin, firstOf(0));  // the first query's row is the lowest
    if (begin >= end) return;  // nothing in use here; attention_join does not look at this part

    for (uint i = invocation; i < kQueries * kFours; i += kInvocations) {
        const uint q = i / kFours;
        queries[q][i % kFours] =
            inUse(q) ? query[(rowOf(q) * p.headCount + headOf(q)) * kFours + i % kFours] * p.scale : vec4(0.0);
    }
    for (uint q = invocation; q < kQueries; q += kInvocations) {
        const bool sinkHere = kSinks && gl_WorkGroupID.z == 0;  // a score whose value is zero, in one of the parts
        maximum[q] = sinkHere ? sinks[headOf(q)] : kNothing;
        total[q] = sinkHere ? 1.0 : 0.0;
    }
    barrier();

    const uint slice = invocation / kFours;
    const uint column = invocation % kFours;
    vec4 sums[kQueries][kOwn];
    [[unroll]] for (uint q = 0; q < kQueries; ++q) {
        [[unroll]] for (uint n = 0; n < kOwn; ++n) sums[q][n] = vec4(0.0);
    }

    for (uint first = begin; first < end; first += kPositions) {
        const uint position = first + invocation / kLanesPerPosition;
        float dots[kQueries];
        [[unroll]] for (uint q = 0; q < kQueries; ++q) dots[q] = 0.0;
        if (position < end) {
            const uint start = cacheRow(position) * rowFours + kvHead * kFours;
            for (uint f = invocation % kLanesPerPosition; f < kFours; f += kLanesPerPosition) {
                const vec4 key = loadKey(start + f);
                [[unroll]] for (uint q = 0; q < kQueries; ++q) dots[q] += dot(queries[q][f], key);
            }
        }
        [[unroll]] for (uint q = 0; q < kQueries; ++q) products[q][invocation] = dots[q];
        barrier();
        weighBlock(first);
        barrier();
        [[unroll]] for (uint q = 0; q < kQueries; ++q) {
            [[unroll]] for (uint n = 0; n < kOwn; ++n) sums[q][n] *= rescale[q];
        }
        const uint count = min(kPositions, end - first);
        [[unroll]] for (uint n = 0; n < kOwn; ++n) {
            const uint own = column + n * kInvocations;
            if (slice < kSlices && own < kFours) {
                for (uint i = slice; i < count; i += kSlices) {
                    const vec4 value = loadValue(cacheRow(first + i) * rowFours + kvHead * kFours + own);
                    [[unroll]] for (uint q = 0; q < kQueries; ++q) sums[q][n] += weights[q][i] * value;
                }
            }
        }
    }

    [[unroll]] for (uint q = 0; q < kQueries; ++q) {
        if (kSlices > 1) {
            barrier();
            slices[invocation] = sums[q][0];
            barrier();
            if (slice == 0) {
                for (uint s = 1; s < kSlices; ++s) sums[q][0] += slices[s * kFours + column];
            }
        }
        if (slice == 0 && inUse(q)) {
            const uint head = rowOf(q) * p.headCount + headOf(q);
            const uint start = kSplit ? (head * p.splitCount + gl_WorkGroupID.z) * (kFours + 1) : head * kFours;
            [[unroll]] for (uint n = 0; n < kOwn; ++n) {
                const uint own = column + n * kInvocations;
                if (own < kFours) result[start + own] = kSplit ? sums[q][n] : sums[q][n] / total[q];
            }
            if (kSplit && invocation == 0) result[start + kFours] = vec4(maximum[q], total[q], 0.0, 0.0);
        }
    }
}
