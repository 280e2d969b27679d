// See matmul.h: many rows of activations, and expert_matmul.h: large tiles. A workgroup of 256 computes a tile of 64 rows of weights times 64 rows of
// activations, each invocation 4 x 4 of it. Invocation i keeps what lane i%4 holds of a chunk of weight row i/4 in
// registers (128-bit loads) and puts one word of it after the other, unpacked, into shared memory: 32 columns a time.
#extension GL_EXT_control_flow_attributes : require
#include "kernels/common/elements.glsl"
#include "kernels/matmul/matmul_io.glsl"

const uint kTile = 64;
const uint kInvocations = 256;
const uint kFoursPerStep = 8;   // 32 columns
const uint kSourceLoads = kTile * kFoursPerStep / kInvocations;  // of an invocation, for 32 columns
const uint kPadding = 1;        // so that the fours of a row do not fall into the same banks

layout(local_size_x = 256) in;

shared vec4 weightTile[kFoursPerStep][kTile + kPadding];
shared vec4 sourceTile[kFoursPerStep][kTile + kPadding];

void main() {
    const uint tilesAcross = (tileWeightRows() + kTile - 1) / kTile;
    const uint firstRow = groupIndex() % tilesAcross * kTile;
    if (!openTile(groupIndex() / tilesAcross, kTile, firstRow, kTile)) return;

    const uint invocation = gl_LocalInvocationIndex;
    const uint loadRow = invocation / kLanesPerChunk;
    const uint lane = invocation % kLanesPerChunk;
    const uint start = weightStart(firstRow + loadRow);
    const uint rowInTile = invocation / 16;    // and every 16th after it
    const uint batchInTile = invocation % 16;

    uint sourceRows[kSourceLoads];
    [[unroll]] for (uint i = 0; i < kSourceLoads; ++i) {
        sourceRows[i] = sourceRow((invocation + i * kInvocations) / kFoursPerStep);
    }
    float sums[4][4];
    [[unroll]] for (uint r = 0; r < 4; ++r) {
        [[unroll]] for (uint b = 0; b < 4; ++b) sums[r][b] = 0.0;
    }

    for (uint chunk = 0; chunk < p.chunks; ++chunk) {
        const Packed packed = loadPacked(start, p.chunks, chunk, lane);
        for (uint w = 0; w < 4; ++w) {
            const uint column = chunk * kChunkElements + w * 32;
            vec4 low, high;
            unpackWord(packed, w, low, high);
            weightTile[lane][loadRow] = low;
            weightTile[4 + lane][loadRow] = high;
            [[unroll]] for (uint i = 0; i < kSourceLoads; ++i) {
                const uint four = invocation % kFoursPerStep;
                const uint row = (invocation + i * kInvocations) / kFoursPerStep;
                sourceTile[four][row] = loadActivations(sourceRows[i], column + four * 4);
            }
            barrier();
            for (uint four = 0; four < kFoursPerStep; ++four) {
                vec4 weights[4];
                [[unroll]] for (uint r = 0; r < 4; ++r) weights[r] = weightTile[four][rowInTile + 16 * r];
                [[unroll]] for (uint b = 0; b < 4; ++b) {
                    const vec4 x = sourceTile[four][batchInTile + 16 * b];
                    [[unroll]] for (uint r = 0; r < 4; ++r) sums[r][b] += dot(weights[r], x);
                }
            }
            barrier();
        }
    }

    [[unroll]] for (uint r = 0; r < 4; ++r) {
        [[unroll]] for (uint b = 0; b < 4; ++b) {
            storeResult(batchInTile + 16 * b, firstRow + rowInTile + 16 * r, sums[r][b]);
        }
    }
}
