// See matmul.h: many rows of activations. A workgroup of 256 computes a tile of 64 rows of weights times 64 rows of
// activations, each invocation 4 x 4 of it. Invocation i keeps what lane i%4 holds of a chunk of weight row i/4 in
// registers (128-bit loads) and puts one word of it after the other, unpacked, into shared memory: 32 columns a time.
#extension GL_EXT_control_flow_attributes : require
#include "kernels/common/elements.glsl"
#include "kernels/matmul/matmul_io.glsl"

const uint kTile = 64;
const uint kInvocations = 256;
const uint kFoursPerStep = 8;   // 32 columns
const uint kPadding = 1;        // so that the fours of a row do not fall into the same banks

layout(local_size_x = 256) in;

shared vec4 weightTile[kFoursPerStep][kTile + kPadding];
shared vec4 sourceTile[kFoursPerStep][kTile + kPadding];

void main() {
    const uint tilesAcross = (p.rowCount + kTile - 1) / kTile;
    const uint tile = groupIndex();
    const uint firstRow = tile % tilesAcross * kTile;
    const uint firstBatch = tile / tilesAcross * kTile;
    if (firstBatch >= p.batch) return;

    const uint invocation = gl_LocalInvocationIndex;
    const uint loadRow = invocation / kLanesPerChunk;
    const uint lane = invocation % kLanesPerChunk;
    const uint start = min(firstRow + loadRow, p.rowCount - 1) * p.rowVectors;
    const uint rowInTile = invocation / 16;    // and every 16th after it
    const uint batchInTile = invocation % 16;

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
            [[unroll]] for (uint i = invocation; i < kTile * kFoursPerStep; i += kInvocations) {
                const uint four = i % kFoursPerStep;
                const uint row = i / kFoursPerStep;
                sourceTile[four][row] = loadActivations(min(firstBatch + row, p.batch - 1), column + four * 4);
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
            const uint row = firstRow + rowInTile + 16 * r;
            const uint batchRow = firstBatch + batchInTile + 16 * b;
            if (row < p.rowCount && batchRow < p.batch) storeResult(batchRow, row, sums[r][b]);
        }
    }
}
