// Unpacks F16: see f16.h.
#include "formats/packed.glsl"

#ifdef UNROLLED  // every w is a constant, so words can wait in registers
struct Packed {
    uvec4 words[4];
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    const uint first = row + chunk * 16 + lane;
    return Packed(uvec4[4](weights16[first], weights16[first + 4], weights16[first + 8], weights16[first + 12]));
}

uvec4 wordsOf(Packed p, uint w) {
    return p.words[w];
}
#else
struct Packed {
    uint first;  // 16-byte word of the lane's first eight elements
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return Packed(row + chunk * 16 + lane);
}

uvec4 wordsOf(Packed p, uint w) {
    return weights16[p.first + w * 4];
}
#endif

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uvec4 words = wordsOf(p, w);
    low = vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
    high = vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w));
}
