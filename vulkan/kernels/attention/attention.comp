// See attention.h. A workgroup takes kQueries queries (pairs of a batch row and a head) that share a key/value head,
// and one part of the positions. kLanes neighbouring lanes of a subgroup, a cluster, take whole positions: each loads
// its pieces of the keys and of the values together, so that their ways to memory overlap, products are summed across
// the cluster by shuffles, and every cluster has an online softmax of its own. There is no barrier until the clusters
// are merged at the end. Where positions are in parts, the last workgroup to finish merges the parts as well: it learns
// that it is the last from a counter, and nobody waits.
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "kernels/attention/attention_params.h"
#include "kernels/common/soft_cap.glsl"
#define STEP_BINDING 4
#include "kernels/common/step.glsl"

layout(constant_id = 0) const uint kInvocations = 32;
layout(constant_id = 1) const uint kSubgroups = 4;  // of the workgroup, at most
layout(constant_id = 2) const uint kFours = 16;     // headSize / 4
layout(constant_id = 3) const uint kQueries = 1;
layout(constant_id = 4) const uint kLanes = 8;   // of a cluster: a power of two, at most a subgroup
layout(constant_id = 5) const uint kUnroll = 1;  // positions that a cluster takes at once
layout(constant_id = 6) const bool kHalf = true;
layout(constant_id = 7) const bool kWindowed = false;
layout(constant_id = 8) const bool kSoftCapped = false;
layout(constant_id = 9) const bool kCausal = true;
layout(constant_id = 10) const bool kSinks = false;
layout(constant_id = 11) const bool kSlopes = false;
layout(constant_id = 12) const uint kChunkFours = 2;  // keys and values are loaded in chunks of 4 or 8 numbers
layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { AttentionParams p; };
layout(std430, binding = 0) readonly buffer Query { vec4 query[]; };
layout(std430, binding = 3) writeonly buffer Out { vec4 result[]; };
layout(std430, binding = 5) readonly buffer Sinks { float sinks[]; };    // by head
layout(std430, binding = 6) readonly buffer Slopes { float slopes[]; };  // by head

#include "kernels/attention/attention_range.glsl"
#include "kernels/attention/attention_cache.glsl"
#define PARTS_BINDING 7
#include "kernels/attention/attention_parts.glsl"

const uint kLeastPart = 64;  // positions that are worth a workgroup
const uint kChunks = kFours / kChunkFours;                // of a head
const uint kOwn = (kChunks + kLanes - 1) / kLanes;        // of them, a lane's; every kLanes-th
const uint kOwnFours = kOwn * kChunkFours;
const uint kPaddedChunks = kOwn * kLanes;
const uint kClusters = kInvocations / kLanes;

shared vec4 queries[kQueries][kChunkFours][kPaddedChunks];  // scaled, padded with zeros
shared uvec2 bounds[kQueries];                // positions from .x to .y - 1 are seen here
shared float maxima[kQueries][kSubgroups];
shared float totals[kQueries][kSubgroups];
shared vec4 merged[2][kSubgroups][kFours];

// Of a cluster, the same in all its lanes, but for the sums: those are of the lane's pieces of the head.
float maximum[kQueries];
float total[kQueries];
vec4 sums[kQueries][kOwnFours];

uvec4 keys[kUnroll][kOwn], values[kUnroll][kOwn];
uint subgroupLanes, laneInCluster, cluster;

void loadQueries(uint end) {
    const uint fours = kPaddedChunks * kChunkFours;
    for (uint i = gl_LocalInvocationIndex; i < kQueries * fours; i += kInvocations) {
        const uint q = i / fours, four = i % fours;
        vec4 numbers = vec4(0.0);
        if (rowOf(q) < rowsInUse() && four < kFours) numbers = query[queryStart(q) + four] * p.scale;
        queries[q][four % kChunkFours][four / kChunkFours] = numbers;
    }
    for (uint q = gl_LocalInvocationIndex; q < kQueries; q += kInvocations) {
        const bool there = rowOf(q) < rowsInUse();
        bounds[q] = there ? uvec2(firstSeen(rowOf(q)), min(limitSeen(rowOf(q)), end)) : uvec2(0);
    }
}

// Scores of kUnroll positions, from `position` on and kClusters apart -> weights, maximum, total; sums are rescaled.
void weigh(uint position, inout float scores[kQueries][kUnroll]) {
    [[unroll]] for (uint q = 0; q < kQueries; ++q) {
        const uvec2 bound = bounds[q];
        float highest = maximum[q];
        [[unroll]] for (uint u = 0; u < kUnroll; ++u) {
            const uint at = position + u * kClusters;
            float score = scores[q][u];
            if (kSoftCapped) score = softCap(score, p.softCap);
            if (kSlopes) score -= slopes[headOf(q)] * abs(float(at) - float(stepPosition + rowOf(q)));
            scores[q][u] = at >= bound.x && at < bound.y ? score : kNothing;
            highest = max(highest, scores[q][u]);
        }
        const float factor = exponential(maximum[q], highest);
        maximum[q] = highest;
        total[q] *= factor;
        [[unroll]] for (uint u = 0; u < kUnroll; ++u) {
            scores[q][u] = exponential(scores[q][u], highest);
            total[q] += scores[q][u];
        }
        [[unroll]] for (uint n = 0; n < kOwnFours; ++n) sums[q][n] *= factor;
    }
}

// A block: the positions from `first` on, kUnroll for each cluster. Past the end the last one is loaded again, and not
// counted.
void loadBlock(uint first, uint end) {
    [[unroll]] for (uint u = 0; u < kUnroll; ++u) {
        const uint position = min(first + u * kClusters + cluster, end - 1);
        const uint start = (cacheRow(position) * p.headCountKv + kvHead()) * kChunks;
        [[unroll]] for (uint n = 0; n < kOwn; ++n) {
            const uint at = start + min(n * kLanes + laneInCluster, kChunks - 1);
            keys[u][n] = loadKeys(at);
            values[u][n] = loadValues(at);
        }
    }
}

void takeBlock(uint first) {
    float scores[kQueries][kUnroll];
    [[unroll]] for (uint q = 0; q < kQueries; ++q) {
        [[unroll]] for (uint u = 0; u < kUnroll; ++u) scores[q][u] = 0.0;
    }
    [[unroll]] for (uint n = 0; n < kOwnFours; ++n) {
        const uint own = n / kChunkFours, part = n % kChunkFours;
        vec4 key[kUnroll];
        [[unroll]] for (uint u = 0; u < kUnroll; ++u) key[u] = unpackFour(keys[u][own], part);
        [[unroll]] for (uint q = 0; q < kQueries; ++q) {
            const vec4 asked = queries[q][part][own * kLanes + laneInCluster];
            [[unroll]] for (uint u = 0; u < kUnroll; ++u) scores[q][u] += dot(asked, key[u]);
        }
    }
    [[unroll]] for (uint distance = kLanes / 2; distance > 0; distance /= 2) {
        [[unroll]] for (uint q = 0; q < kQueries; ++q) {
            [[unroll]] for (uint u = 0; u < kUnroll; ++u) {
                scores[q][u] += subgroupShuffleXor(scores[q][u], distance);
            }
        }
    }
    weigh(first + cluster, scores);
    [[unroll]] for (uint n = 0; n < kOwnFours; ++n) {
        [[unroll]] for (uint u = 0; u < kUnroll; ++u) {
            const vec4 value = unpackFour(values[u][n / kChunkFours], n % kChunkFours);
            [[unroll]] for (uint q = 0; q < kQueries; ++q) sums[q][n] += scores[q][u] * value;
        }
    }
}

// A subgroup's clusters become one, the same in all of them; maxima and totals of the subgroups become shared.
void mergeClusters() {
    [[unroll]] for (uint q = 0; q < kQueries; ++q) {
        const float highest = subgroupMax(maximum[q]);
        const float factor = exponential(maximum[q], highest);
        total[q] *= factor;
        [[unroll]] for (uint n = 0; n < kOwnFours; ++n) sums[q][n] *= factor;
        for (uint distance = kLanes; distance < subgroupLanes; distance *= 2) {
            total[q] += subgroupShuffleXor(total[q], distance);
            [[unroll]] for (uint n = 0; n < kOwnFours; ++n) sums[q][n] += subgroupShuffleXor(sums[q][n], distance);
        }
        maximum[q] = highest;
        if (subgroupElect()) {
            maxima[q][gl_SubgroupID] = highest;
            totals[q][gl_SubgroupID] = total[q];
        }
    }
    barrier();
}

// The workgroup's result for a query: to where it belongs, or as a part that is to be merged.
void finishQuery(uint q, bool alone, uint part) {
    const bool sinkHere = kSinks && gl_WorkGroupID.z == 0;  // a score whose value is zero, in one of the parts
    float highest = sinkHere ? sinks[headOf(q)] : kNothing;
    for (uint s = 0; s < gl_NumSubgroups; ++s) highest = max(highest, maxima[q][s]);
    float all = sinkHere ? exp(sinks[headOf(q)] - highest) : 0.0;
    for (uint s = 0; s < gl_NumSubgroups; ++s) all += totals[q][s] * exponential(maxima[q][s], highest);
    if (gl_SubgroupInvocationID < kLanes) {
        const float factor = exponential(maximum[q], highest);
        [[unroll]] for (uint n = 0; n < kOwnFours; ++n) {
            const uint four = (n / kChunkFours * kLanes + laneInCluster) * kChunkFours + n % kChunkFours;
            if (four < kFours) merged[q % 2][gl_SubgroupID][four] = sums[q][n] * factor;
        }
    }
    barrier();
    if (rowOf(q) >= rowsInUse()) return;
    for (uint four = gl_LocalInvocationIndex; four < kFours; four += kInvocations) {
        vec4 sum = vec4(0.0);
        for (uint s = 0; s < gl_NumSubgroups; ++s) sum += merged[q % 2][s][four];
        if (alone) {
            result[queryStart(q) + four] = sum / all;
        } else {
            parts[part + four] = sum;
        }
    }
    if (!alone && gl_LocalInvocationIndex == 0) parts[part + kFours] = vec4(highest, all, 0.0, 0.0);
}

void main() {
    const uint firstRow = rowOf(0);
    if (firstRow >= rowsInUse()) return;
    const uint seen = firstSeen(firstRow);
    const uint limit = limitSeen(min(rowOf(kQueries - 1), rowsInUse() - 1));
    uint partLength = limit - seen;
    if (p.partCount > 1) {
        partLength = max((partLength + p.partCount - 1) / p.partCount, kLeastPart);
        partLength = (partLength + kClusters - 1) / kClusters * kClusters;
    }
    const uint used = (limit - seen + partLength - 1) / partLength;
    if (gl_WorkGroupID.z >= used) return;
    const uint begin = seen + gl_WorkGroupID.z * partLength;
    const uint end = min(begin + partLength, limit);

    subgroupLanes = subgroupAdd(1u);
    laneInCluster = gl_SubgroupInvocationID % kLanes;
    cluster = (gl_SubgroupID * subgroupLanes + gl_SubgroupInvocationID) / kLanes;
    [[unroll]] for (uint q = 0; q < kQueries; ++q) {
        maximum[q] = kNothing;
        total[q] = 0.0;
        [[unroll]] for (uint n = 0; n < kOwnFours; ++n) sums[q][n] = vec4(0.0);
    }
    loadBlock(begin, end);  // the way to memory is long: the queries come meanwhile
    loadQueries(end);
    barrier();
    for (uint first = begin; first < end; first += kClusters * kUnroll) {
        if (first > begin) loadBlock(first, end);
        takeBlock(first);
    }
    mergeClusters();

    const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    const uint partStride = kQueries * (kFours + 1);
    const uint firstPart = kPartsOffset + group * p.partCount * partStride;
    [[unroll]] for (uint q = 0; q < kQueries; ++q) {
        finishQuery(q, used == 1, firstPart + gl_WorkGroupID.z * partStride + q * (kFours + 1));
    }
    if (used == 1) return;
    if (!lastToFinish(group, used)) return;
    for (uint i = gl_LocalInvocationIndex; i < kQueries * kFours; i += kInvocations) {
        const uint q = i / kFours, four = i % kFours;
        if (rowOf(q) >= rowsInUse()) continue;
        result[queryStart(q) + four] = mergeParts(four, firstPart + q * (kFours + 1), partStride, used);
    }
}
