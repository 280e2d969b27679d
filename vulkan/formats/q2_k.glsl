// Unpacks Q2_K: see q2_k.h.
#include "formats/packed.glsl"

struct Packed {
    uvec2 words;
    uvec2 groups;  // a byte for each half of a word
    vec2 factors;  // d, dmin
};

struct Raw {
    uvec2 words, groups;
    uint factors;
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    return Raw(weights8[row * 2 + chunk * 4 + lane], weights8[(row + chunks * 2) * 2 + chunk],
               weights4[row * 4 + chunks * 10 + chunk / 2]);
}

Packed prepare(Raw raw, uint chunk) {
    return Packed(raw.words, raw.groups, unpackHalf2x16(raw.factors));
}

#include "formats/load_packed.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint word = (w < 2 ? p.words.x : p.words.y) >> (w % 2 * 4);
    const int groups = int((w < 2 ? p.groups.x : p.groups.y) >> (w % 2 * 16));
    const vec4 factors = vec4(ivec4(groups, groups >> 4, groups >> 8, groups >> 12) & 15) * p.factors.xyxy;
    low = unsignedBytes(word & 0x03030303u) * factors.x - factors.y;
    high = unsignedBytes((word >> 2) & 0x03030303u) * factors.z - factors.w;
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
#define BYTE_HALVES
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    const uint word = (w < 2 ? p.words.x : p.words.y) >> (w % 2 * 4);
    low = word & 0x03030303u;
    high = (word >> 2) & 0x03030303u;
}

vec2 byteScales(Packed p, uint w) {
    const int groups = int((w < 2 ? p.groups.x : p.groups.y) >> (w % 2 * 16));
    return vec2(ivec2(groups, groups >> 8) & 15) * p.factors.x;
}

vec2 byteMinimums(Packed p, uint w) {
    const int groups = int((w < 2 ? p.groups.x : p.groups.y) >> (w % 2 * 16));
    return vec2(ivec2(groups >> 4, groups >> 12) & 15) * p.factors.y;
}
