// See row_product.h. A workgroup reads its rows of activations once (row_input.glsl) and then takes one group of weight
// rows after the other: a subgroup takes kUnits pairs of rows, and shares out the chunks of the rows to
// its lanes in fours. What is lost on a fast device is time in which no weights are on their way, so each lane asks for
// the next kDepth chunks of its rows before it multiplies those that have come, and for the first before all else.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_16bit_storage : require
#include "kernels/row_product/row_product_params.h"
#include "kernels/common/activation.glsl"
#include "kernels/common/reduce.glsl"
#include "kernels/common/turn.glsl"
#define STEP_BINDING 12
#include "kernels/common/step.glsl"
#ifdef WEIGHTS_AS_BYTES
#include "kernels/common/dot4.glsl"
#endif

#ifndef LOADS_RAW  // then what is loaded has not to be prepared
#define Raw Packed
#define loadRaw loadPacked
#define prepare(raw, chunk) (raw)
#endif

layout(local_size_x_id = 0) in;  // and constant 1 is the activation
layout(constant_id = 0) const uint kInvocations = 32;
layout(constant_id = 2) const uint kChunks = 1;   // of a row
layout(constant_id = 3) const uint kColumns = 1;  // rows of activations
layout(constant_id = 4) const uint kUnits = 1;    // pairs of weight rows of a subgroup
layout(constant_id = 5) const uint kNorm = 0;
layout(constant_id = 6) const bool kNormBias = false;
layout(constant_id = 7) const uint kEpilogue = 0;
layout(constant_id = 8) const bool kActivate = false;
layout(constant_id = 9) const uint kTurn = 0;
layout(constant_id = 10) const bool kRing = false;
layout(constant_id = 11) const uint kExperts = 0;
layout(constant_id = 12) const uint kLanes = 8;  // of a subgroup
layout(constant_id = 13) const uint kDepth = 1;
layout(push_constant) uniform Push { RowProductParams p; };

#include "kernels/row_product/row_experts.glsl"
#include "kernels/row_product/row_input.glsl"
#include "kernels/row_product/row_output.glsl"

const uint kRows = kUnits * 2;
const uint kSums = kRows * kColumns;
const uint kUnitsAtOnce = kInvocations / kLanes * kUnits;
const uint kChunksAtOnce = kLanes / kLanesPerChunk;
const uint kSteps = (kChunks + kChunksAtOnce - 1) / kChunksAtOnce;  // of a lane along its rows
const uint kFetches = (kSteps + kDepth - 1) / kDepth;
const uint kMatrices = kExperts == kExpertsCombined ? kColumns : 1;  // that a group of rows is taken from

float sums[kSums];
Raw fetched[kDepth * kRows];
Raw arrived[kDepth * kRows];

// Fetch number i of this workgroup: which group of units it is for, which matrix, and the lane's first chunk.
struct Fetch {
    uint group, matrix, chunk;
};

Fetch fetchNumber(uint i) {
    const uint within = i % (kFetches * kMatrices);
    return Fetch(gl_WorkGroupID.x + i / (kFetches * kMatrices) * gl_NumWorkGroups.x, within / kFetches,
                 gl_SubgroupInvocationID / kLanesPerChunk + within % kFetches * kDepth * kChunksAtOnce);
}

uint unitOf(uint group) {
    return group * kUnitsAtOnce + gl_SubgroupID * kUnits;
}

// Where row `row` of the whole product starts, in 16-byte words. A pair's second row may be past the end.
uint weightStart(uint row) {
    return (min(row, p.endRow - 1) - p.firstRow) * p.rowVectors;
}

void fetch(Fetch f) {
    const uint offset = expertRow(f.matrix) * p.rowVectors;
    [[unroll]] for (uint u = 0; u < kUnits; ++u) {
        const uvec2 rows = rowsOf(p.firstUnit + min(unitOf(f.group) + u, p.unitCount - 1));
        [[unroll]] for (uint d = 0; d < kDepth; ++d) {
            const uint chunk = min(f.chunk + d * kChunksAtOnce, kChunks - 1);
            const uint lane = gl_SubgroupInvocationID % kLanesPerChunk;
            fetched[d * kRows + u * 2] = loadRaw(weightStart(rows.x) + offset, kChunks, chunk, lane);
            fetched[d * kRows + u * 2 + 1] = loadRaw(weightStart(rows.y) + offset, kChunks, chunk, lane);
        }
    }
}

// Adds word w of the row's chunk times column c to sums[row * kColumns + column].
void addWord(Packed packed, uint r, uint w, uint c, uint chunk) {
    const uint lane = gl_SubgroupInvocationID % kLanesPerChunk;
#ifdef WEIGHTS_AS_BYTES
    uint low, high;
    unpackBytes(packed, w, low, high);
    const vec2 scales = byteScales(packed, w);
    const uvec4 words = blockWords[((c * kPlanes + w / 2) * kChunks + chunk) * 4 + lane];
    const uvec2 x = w % 2 == 0 ? words.xy : words.zw;
#ifdef BYTE_HALVES
    float sum = scales.x * float(dot4(low, x.x)) + scales.y * float(dot4(high, x.y));
#else
    float sum = scales.x * float(dot4(low, x.x) + dot4(high, x.y));
#endif
#ifdef BYTE_MINIMUMS
    const vec2 minimums = byteMinimums(packed, w);
#ifdef BYTE_HALVES
    sum -= minimums.x * float(sum4(x.x)) + minimums.y * float(sum4(x.y));
#else
    sum -= minimums.x * float(sum4(x.x) + sum4(x.y));
#endif
#endif
#else
    vec4 low, high;
    unpackWord(packed, w, low, high);
    const uvec4 words = blockWords[((c * kPlanes + w) * kChunks + chunk) * 4 + lane];
    const vec4 x = vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
    const vec4 y = vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w));
    const float sum = dot(low, x) + dot(high, y);
#endif
    sums[r * kColumns + c] += blockScales[c * kChunks + chunk][w] * sum;
}

void addChunk(uint d, uint chunk, uint matrix) {
    [[unroll]] for (uint r = 0; r < kRows; ++r) {
        const Packed packed = prepare(arrived[d * kRows + r], chunk);
        [[unroll]] for (uint w = 0; w < 4; ++w) {
            [[unroll]] for (uint c = 0; c < kColumns; ++c) {
                if (kMatrices == 1 || c == matrix) addWord(packed, r, w, c, chunk);
            }
        }
    }
}

// Into the first column: what the experts' results are worth together.
void combineColumns() {
    [[unroll]] for (uint r = 0; r < kRows; ++r) {
        float sum = 0.0;
        [[unroll]] for (uint c = 0; c < kColumns; ++c) sum += shares[c] * sums[r * kColumns + c];
        sums[r * kColumns] = sum;
    }
}

// Each sum is known to every lane of the subgroup; one lane makes something of each pair.
void storeUnits(uint firstUnit) {
    const uint results = kExperts == kExpertsCombined ? 1 : kColumns;
    [[unroll]] for (uint u = 0; u < kUnits; ++u) {
        [[unroll]] for (uint c = 0; c < results; ++c) {
            const uint row = gl_WorkGroupID.y * kColumns + c;  // of what is written
            const bool wanted = firstUnit + u < p.unitCount && (kExperts != kExpertsNone || row < p.batch);
            if ((u * kColumns + c) % kLanes == gl_SubgroupInvocationID && wanted) {
                storeUnit(p.firstUnit + firstUnit + u, row,
                          vec2(sums[u * 2 * kColumns + c], sums[(u * 2 + 1) * kColumns + c]));
            }
        }
    }
}

void main() {
    const uint groups = (p.unitCount + kUnitsAtOnce - 1) / kUnitsAtOnce;
    if (gl_WorkGroupID.x >= groups) return;
    const uint ownGroups = (groups - gl_WorkGroupID.x + gl_NumWorkGroups.x - 1) / gl_NumWorkGroups.x;
    const uint fetches = ownGroups * kFetches * kMatrices;
    fetch(fetchNumber(0));
    readInput();
    [[unroll]] for (uint i = 0; i < kSums; ++i) sums[i] = 0.0;
    for (uint i = 0; i < fetches; ++i) {
        const Fetch now = fetchNumber(i);
        [[unroll]] for (uint f = 0; f < kDepth * kRows; ++f) arrived[f] = fetched[f];
        if (i + 1 < fetches) fetch(fetchNumber(i + 1));
        [[unroll]] for (uint d = 0; d < kDepth; ++d) {
            const uint chunk = now.chunk + d * kChunksAtOnce;
            if (chunk < kChunks) addChunk(d, chunk, now.matrix);
        }
        if ((i + 1) % (kFetches * kMatrices) != 0) continue;
        [[unroll]] for (uint s = 0; s < kSums; ++s) sums[s] = subgroupAdd(sums[s]);
        if (kExperts == kExpertsCombined) combineColumns();
        storeUnits(unitOf(now.group));
        [[unroll]] for (uint s = 0; s < kSums; ++s) sums[s] = 0.0;
    }
}
