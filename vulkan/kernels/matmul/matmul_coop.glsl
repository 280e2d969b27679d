// See matmul.h: many rows of activations on a device with cooperative matrices, and expert_matmul.h: large tiles. A
// workgroup computes a tile of kTileRows rows of weights times kTileBatch rows of activations, each subgroup a part of
// kPartRows times kPartBatch that it keeps in registers as matrices of kSize x kSize. Both operands pass through shared
// memory as f16, kStepWords * 32 columns a time; what the next step needs is fetched from memory while this one is
// multiplied, and put into the other of kStages buffers.
//
// The order of columns in shared memory is not that of the matrix, but the same for both operands: lane j's eight
// elements of a word lie together, so that they are written as one 16-byte word; formats/halves.glsl says how they
// follow each other there.
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_control_flow_attributes : require
#include "kernels/common/elements.glsl"
#include "kernels/matmul/matmul_io.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint kSize = 16;
layout(constant_id = 3) const uint kTileRows = 128;
layout(constant_id = 4) const uint kTileBatch = 128;
layout(constant_id = 5) const uint kPartRows = 32;
layout(constant_id = 6) const uint kPartBatch = 64;
layout(constant_id = 7) const uint kStepWords = 1;     // 1, 2 or 4
layout(constant_id = 8) const uint kStages = 2;        // 1 or 2
layout(constant_id = 9) const bool kUnpackLoads = false;  // unpackHalves reads memory (formats without blocks)
layout(constant_id = 10) const uint kInvocations = 256;   // local_size_x again: no constant expression may read that
layout(constant_id = 11) const bool kCompact = false;     // loops stay loops, where each instruction compiles slowly

const uint kSteps = 4 / kStepWords;                    // of a chunk
const uint kStride = kStepWords * 16 + 4;              // of a row in shared memory, in pairs; neighbours in other banks
const uint kStagePairs = (kTileRows + kTileBatch) * kStride;
const uint kWeightLoads = kTileRows * kLanesPerChunk / kInvocations;
const uint kSourceLoads = kTileBatch * kLanesPerChunk / kInvocations;
const uint kSumRows = kPartRows / kSize;
const uint kSumBatch = kPartBatch / kSize;
const uint kSubgroups = kTileRows / kPartRows * (kTileBatch / kPartBatch);

// A stage is the tile of weights, row by row, and then that of activations.
shared f16vec2 tiles[kStages * kStagePairs];
shared float results[kSubgroups * kSize * kSize];  // of one matrix of each subgroup

uint starts[kWeightLoads];
uint sources[kSourceLoads];
Packed packed[kWeightLoads];
uvec4 weightHalves[kWeightLoads * kStepWords];
vec4 fetched[kSourceLoads * kStepWords * 2];

// `count`, as something that is not known beforehand if code is to be compact.
uint times(uint count) {
    return kCompact ? min(count, p.chunks * count) : count;
}

// The row that four lanes together load: of eight rows 0 and 4 come first, whose words lie in different banks.
uint loadRow(uint load) {
    const uint i = gl_LocalInvocationIndex / kLanesPerChunk + load * (kInvocations / kLanesPerChunk);
    return (i & ~7u) | ((i & 7u) >> 1) | ((i & 1u) << 2);
}

void unpackStep(uint step) {
    [[unroll]] for (uint i = 0; i < kWeightLoads; ++i) {
        [[unroll]] for (uint w = 0; w < kStepWords; ++w) {
            weightHalves[i * kStepWords + w] = unpackHalves(packed[i], step * kStepWords + w);
        }
    }
}

// Asks memory for what step `step` of a chunk needs.
void fetch(uint chunk, uint step) {
    const uint lane = gl_LocalInvocationIndex % kLanesPerChunk;
    if (step == 0) {
        [[unroll]] for (uint i = 0; i < kWeightLoads; ++i) packed[i] = loadPacked(starts[i], p.chunks, chunk, lane);
    }
    [[unroll]] for (uint i = 0; i < kSourceLoads; ++i) {
        [[unroll]] for (uint w = 0; w < kStepWords; ++w) {
            const uint column = chunk * kChunkElements + (step * kStepWords + w) * 32 + lane * 4;
            fetched[(i * kStepWords + w) * 2] = loadActivations(sources[i], column);
            fetched[(i * kStepWords + w) * 2 + 1] = loadActivations(sources[i], column + 16);
        }
    }
    if (kUnpackLoads) unpackStep(step);
}

void putWord(uint at, uvec4 halves) {
    [[unroll]] for (uint i = 0; i < 4; ++i) tiles[at + i] = unpackFloat2x16(halves[i]);
}

// Puts what was fetched into shared memory, from pair `stage` on.
void put(uint step, uint stage) {
    const uint lane = gl_LocalInvocationIndex % kLanesPerChunk;
    if (!kUnpackLoads) unpackStep(step);
    [[unroll]] for (uint i = 0; i < kWeightLoads; ++i) {
        [[unroll]] for (uint w = 0; w < kStepWords; ++w) {
            putWord(stage + loadRow(i) * kStride + (w * 4 + lane) * 4, weightHalves[i * kStepWords + w]);
        }
    }
    [[unroll]] for (uint i = 0; i < kSourceLoads; ++i) {
        [[unroll]] for (uint w = 0; w < kStepWords; ++w) {
            const uint at = (i * kStepWords + w) * 2;
            putWord(stage + (kTileRows + loadRow(i)) * kStride + (w * 4 + lane) * 4,
                    limitedHalves(fetched[at], fetched[at + 1]));
        }
    }
}

void main() {
#ifdef EXPERTS
    const uint tilesAcross = (tileWeightRows() + kTileRows - 1) / kTileRows;
    const uint firstRow = groupIndex() % tilesAcross * kTileRows;
    const uint tile = groupIndex() / tilesAcross;
#else
    // Neighbours share rows of weights, so that these are read from memory once, however many rows of activations.
    const uint tilesDown = (p.batch + kTileBatch - 1) / kTileBatch;
    const uint firstRow = groupIndex() / tilesDown * kTileRows;
    const uint tile = groupIndex() % tilesDown;
    if (firstRow >= p.rowCount) return;
#endif
    if (!openTile(tile, kTileBatch, firstRow, kTileRows)) return;

    [[unroll]] for (uint i = 0; i < kWeightLoads; ++i) starts[i] = weightStart(firstRow + loadRow(i));
    [[unroll]] for (uint i = 0; i < kSourceLoads; ++i) sources[i] = sourceRow(loadRow(i));
    const uint partRow = gl_SubgroupID % (kTileRows / kPartRows) * kPartRows;
    const uint partBatch = gl_SubgroupID / (kTileRows / kPartRows) * kPartBatch;

    coopmat<float, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseAccumulator> sums[kSumBatch * kSumRows];
    [[unroll]] for (uint i = 0; i < kSumBatch * kSumRows; ++i) {
        sums[i] = coopmat<float, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseAccumulator>(0.0);
    }

    fetch(0, 0);
    put(0, 0);
    barrier();
    for (uint chunk = 0; chunk < p.chunks; ++chunk) {
        [[unroll]] for (uint step = 0; step < times(kSteps); ++step) {
            const uint stage = (chunk * kSteps + step) % kStages * kStagePairs;
            const uint nextStage = (chunk * kSteps + step + 1) % kStages * kStagePairs;
            const uint nextStep = (step + 1) % kSteps;
            // After the last step the last chunk once more, in vain: cheaper than a branch in the loop.
            fetch(min(chunk + (step + 1) / kSteps, p.chunks - 1), nextStep);
            [[unroll]] for (uint k = 0; k < times(kStepWords * 32); k += kSize) {
                coopmat<float16_t, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseA> activations[kSumBatch];
                [[unroll]] for (uint b = 0; b < kSumBatch; ++b) {
                    const uint row = kTileRows + partBatch + b * kSize;
                    coopMatLoad(activations[b], tiles, stage + row * kStride + k / 2, kStride,
                                gl_CooperativeMatrixLayoutRowMajor);
                }
                [[unroll]] for (uint r = 0; r < kSumRows; ++r) {
                    coopmat<float16_t, gl_ScopeSubgroup, kSize, kSize, gl_MatrixUseB> weights;
                    const uint row = partRow + r * kSize;
                    coopMatLoad(weights, tiles, stage + row * kStride + k / 2, kStride,
                                gl_CooperativeMatrixLayoutColumnMajor);
                    [[unroll]] for (uint b = 0; b < kSumBatch; ++b) {
                        const uint i = b * kSumRows + r;
                        sums[i] = coopMatMulAdd(activations[b], weights, sums[i]);
                    }
                }
            }
            if (kStages == 1) barrier();
            put(nextStep, nextStage);
            barrier();
        }
    }

    // Which lane holds which element of a matrix is not known, so results pass through shared memory.
    const uint own = gl_SubgroupID * (kSize * kSize);
    [[unroll]] for (uint b = 0; b < kSumBatch; ++b) {
        [[unroll]] for (uint r = 0; r < kSumRows; ++r) {
            coopMatStore(sums[b * kSumRows + r], results, own, kSize, gl_CooperativeMatrixLayoutRowMajor);
            subgroupBarrier();
            for (uint i = gl_SubgroupInvocationID; i < kSize * kSize; i += gl_SubgroupSize) {
                storeResult(partBatch + b * kSize + i / kSize, firstRow + partRow + r * kSize + i % kSize,
                            results[own + i]);
            }
            subgroupBarrier();
        }
    }
}
