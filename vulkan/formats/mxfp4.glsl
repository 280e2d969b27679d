// Unpacks MXFP4: see mxfp4.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    uint exponents;
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return Packed(weights16[row + chunk * 4 + lane], weights4[(row + chunks * 4) * 4 + chunk]);
}

// The nibble from bit `at` of each byte: its size is a nibble of a table of eight, which fits a word.
ivec4 mxfp4Values(uint word, int at) {
    const ivec4 nibbles = ivec4(uvec4(word) >> (uvec4(0, 8, 16, 24) + at)) & 15;
    const ivec4 sizes = ivec4(uvec4(0xc8643210u) >> uvec4((nibbles & 7) * 4)) & 15;
    return mix(sizes, -sizes, greaterThan(nibbles, ivec4(7)));
}

// 2^(e-128): f32 has its exponent plus 127 in bit 23.
float mxfp4Scale(Packed p, uint w) {
    const uint e = (p.exponents >> (w * 8)) & 0xffu;
    return uintBitsToFloat((max(e, 1u) - 1u) << 23);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    low = vec4(mxfp4Values(p.words[w], 0)) * mxfp4Scale(p, w);
    high = vec4(mxfp4Values(p.words[w], 4)) * mxfp4Scale(p, w);
}

#define WEIGHTS_AS_BYTES
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    low = bytesOf(mxfp4Values(p.words[w], 0));
    high = bytesOf(mxfp4Values(p.words[w], 4));
}

vec2 byteScales(Packed p, uint w) {
    return vec2(mxfp4Scale(p, w));
}
