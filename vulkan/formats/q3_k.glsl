// Unpacks Q3_K: see q3_k.h.
#include "formats/packed.glsl"

struct Packed {
    uvec2 lowBits;
    uint thirdBits;
    uvec2 scales;  // a byte for each half of a word
    float factor;
};

struct Raw {
    uvec2 lowBits;
    uint thirdBits;
    uvec2 scales;
    uint factors;  // of two blocks
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    return Raw(weights8[row * 2 + chunk * 4 + lane], weights4[(row + chunks * 2 + chunk) * 4 + lane],
               weights8[(row + chunks * 3) * 2 + chunk], weights4[row * 4 + chunks * 14 + chunk / 4]);
}

Packed prepare(Raw raw, uint chunk) {
    const vec2 factors = unpackHalf2x16(raw.factors);
    return Packed(raw.lowBits, raw.thirdBits, raw.scales, (chunk & 2u) != 0u ? factors.y : factors.x);
}

#include "formats/load_packed.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint lowBits = (w < 2 ? p.lowBits.x : p.lowBits.y) >> (w % 2 * 4);
    const uint thirdBits = p.thirdBits >> (w * 2);
    const int scales = int((w < 2 ? p.scales.x : p.scales.y) >> (w % 2 * 16));
    low = signedFields((lowBits & 0x03030303u) | ((thirdBits & 0x01010101u) << 2), 3) *
          (p.factor * float((scales << 24) >> 24));
    high = signedFields(((lowBits >> 2) & 0x03030303u) | ((thirdBits & 0x02020202u) << 1), 3) *
           (p.factor * float((scales << 16) >> 24));
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
#define BYTE_HALVES
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    const uint lowBits = (w < 2 ? p.lowBits.x : p.lowBits.y) >> (w % 2 * 4);
    const uint thirdBits = p.thirdBits >> (w * 2);
    low = ((lowBits & 0x03030303u) | ((thirdBits & 0x01010101u) << 2)) ^ 0x04040404u;
    high = (((lowBits >> 2) & 0x03030303u) | ((thirdBits & 0x02020202u) << 1)) ^ 0x04040404u;
}

vec2 byteScales(Packed p, uint w) {
    const int scales = int((w < 2 ? p.scales.x : p.scales.y) >> (w % 2 * 16));
    return p.factor * vec2(ivec2(scales << 24, scales << 16) >> 24);
}

vec2 byteMinimums(Packed p, uint w) {
    return byteScales(p, w) * 4.0;
}
