// How row_product.glsl reads its activations: normed if so wanted, in blocks of 32 with a scale each, in shared memory
// for the whole workgroup. Where the format's weights come as bytes (unpackBytes), a block is 32 bytes, else 32 halves.
//
// Lane j of a chunk's four wants the elements w*32 + h*16 + j*4 + 0..3 (formats.h), for h = 0 and 1: they lie in one
// 16-byte word for two w (bytes) or one w (halves). Words of one kind stand together, so that lanes meet no bank twice.
const uint kNormNone = 0;
const uint kNormRms = 1;
const uint kNormLayer = 2;

layout(std430, binding = 1) readonly buffer In { float source[]; };
layout(std430, binding = 1) readonly buffer In4 { vec4 source4[]; };
layout(std430, binding = 2) readonly buffer NormWeight { vec4 normWeight[]; };
layout(std430, binding = 3) readonly buffer NormBias { vec4 normBias[]; };

#ifdef WEIGHTS_AS_BYTES
const uint kPlanes = 2;
#else
const uint kPlanes = 4;
#endif
const uint kFours = kChunks * 32;  // of a row, padded

shared uvec4 blockWords[kColumns * kPlanes * kChunks * 4];
shared vec4 blockScales[kColumns * kChunks];

uint inputRow(uint c) {
    if (kExperts == kExpertsApart) return 0;
    return min(gl_WorkGroupID.y * kColumns + c, p.batch - 1);
}

vec4 loadFour(uint row, uint four) {
    const uint at = row * p.columns + four * 4;
    if (p.columns % 4 == 0) return four * 4 < p.columns ? source4[at / 4] : vec4(0.0);
    vec4 v = vec4(0.0);
    for (uint e = 0; e < 4; ++e) {
        if (four * 4 + e < p.columns) v[e] = source[at + e];
    }
    return v;
}

void storeFour(uint c, uint four, vec4 x) {
    const vec4 size = abs(x);
    float largest = max(max(size.x, size.y), max(size.z, size.w));
    largest = max(largest, subgroupShuffleXor(largest, 1));
    largest = max(largest, subgroupShuffleXor(largest, 2));
    largest = max(largest, subgroupShuffleXor(largest, 4));
    const vec4 y = largest > 0.0 ? x * (1.0 / largest) : vec4(0.0);
    const uint chunk = four / 32, w = four / 8 % 4, h = four / 4 % 2, lane = four % 4;
#ifdef WEIGHTS_AS_BYTES
    const uint at = ((c * kPlanes + w / 2) * kChunks + chunk) * 4 + lane;
    blockWords[at][w % 2 * 2 + h] = packSnorm4x8(y);
    if (four % 8 == 0) blockScales[c * kChunks + chunk][w] = largest / 127.0;
#else
    const uint at = ((c * kPlanes + w) * kChunks + chunk) * 4 + lane;
    blockWords[at][h * 2] = packHalf2x16(y.xy);
    blockWords[at][h * 2 + 1] = packHalf2x16(y.zw);
    if (four % 8 == 0) blockScales[c * kChunks + chunk][w] = largest;
#endif
}

// The fours of a row that an invocation holds: every kInvocations-th.
const uint kHeld = (kFours + kInvocations - 1) / kInvocations;
const bool kKept = kHeld <= 4;  // from the first look at them, in registers

vec4 held[kKept ? kHeld : 1];

uint heldFour(uint i) {
    return gl_LocalInvocationIndex + i * kInvocations;
}

vec4 inputFour(uint row, uint i) {
    return kKept ? held[i] : loadFour(row, heldFour(i));
}

// (mean, 1 / deviation) of a row; the norm is only asked for where the width is a multiple of 4. Past the end all is 0.
vec2 normOf(uint row) {
    float mean = 0.0;
    if (kNorm == kNormLayer) {
        for (uint i = 0; i < kHeld; ++i) mean += dot(inputFour(row, i), vec4(1.0));
        mean = workgroupSum(mean) / float(p.columns);
    }
    float squares = 0.0;
    for (uint i = 0; i < kHeld; ++i) {
        const vec4 x = inputFour(row, i) - mean;
        if (heldFour(i) * 4 < p.columns) squares += dot(x, x);
    }
    return vec2(mean, inversesqrt(workgroupSum(squares) / float(p.columns) + p.epsilon));
}

void readInput() {
    for (uint c = 0; c < kColumns; ++c) {
        const uint row = inputRow(c);
        if (kKept) {
            for (uint i = 0; i < kHeld; ++i) held[i] = loadFour(row, heldFour(i));
        }
        const vec2 norm = kNorm == kNormNone ? vec2(0.0, 1.0) : normOf(row);
        for (uint i = 0; i < kHeld; ++i) {
            const uint four = heldFour(i);
            if (four >= kFours) break;
            vec4 x = inputFour(row, i);
            if (kNorm != kNormNone && four * 4 < p.columns) {
                x = (x - norm.x) * norm.y * normWeight[four];
                if (kNormBias) x += normBias[four];
            }
            storeFour(c, four, x);
        }
    }
    barrier();
}
