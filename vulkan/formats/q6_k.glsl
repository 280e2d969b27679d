// Unpacks Q6_K: see q6_k.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 lowBits;
    uvec2 highBits;
    vec4 lowScales;   // of the first and
    vec4 highScales;  // of the second halves of the words
};

struct Raw {
    uvec4 lowBits;
    uvec2 highBits, scales;
    uint factors;  // of two blocks
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    const uint high = (row + chunks * 4) * 2;
    const uint scales = high + chunks * 4;
    const uint factors = (scales + chunks) * 2;  // chunks is even, so this plane starts on 16 bytes too
    return Raw(weights16[row + chunk * 4 + lane], weights8[high + chunk * 4 + lane], weights8[scales + chunk],
               weights4[factors + chunk / 4]);
}

Packed prepare(Raw raw, uint chunk) {
    const vec2 factors = unpackHalf2x16(raw.factors);
    const float factor = (chunk & 2u) != 0u ? factors.y : factors.x;
    const vec4 firstFour = signedBytes(raw.scales.x) * factor;
    const vec4 lastFour = signedBytes(raw.scales.y) * factor;
    return Packed(raw.lowBits, raw.highBits, vec4(firstFour.xz, lastFour.xz), vec4(firstFour.yw, lastFour.yw));
}

#include "formats/load_packed.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint lowBits = p.lowBits[w];
    const uint highBits = (w < 2 ? p.highBits.x : p.highBits.y) >> (w % 2 * 4);
    low = signedFields((lowBits & 0x0f0f0f0fu) | ((highBits & 0x03030303u) << 4), 6) * p.lowScales[w];
    high = signedFields(((lowBits >> 4) & 0x0f0f0f0fu) | ((highBits & 0x0c0c0c0cu) << 2), 6) * p.highScales[w];
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
#define BYTE_HALVES
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    const uint highBits = (w < 2 ? p.highBits.x : p.highBits.y) >> (w % 2 * 4);
    low = ((p.lowBits[w] & 0x0f0f0f0fu) | ((highBits & 0x03030303u) << 4)) ^ 0x20202020u;
    high = (((p.lowBits[w] >> 4) & 0x0f0f0f0fu) | ((highBits & 0x0c0c0c0cu) << 2)) ^ 0x20202020u;
}

vec2 byteScales(Packed p, uint w) {
    return vec2(p.lowScales[w], p.highScales[w]);
}

vec2 byteMinimums(Packed p, uint w) {
    return byteScales(p, w) * 32.0;
}
