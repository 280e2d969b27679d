// What a lane loads of numbers of 16 bits (half_rows.h): wordsOf() gives word w, its low elements in .xy, the high in .zw.
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
