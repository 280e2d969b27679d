// Unpacks F16: see f16.h.
#include "formats/packed.glsl"

struct Packed {
    uint first;  // 16-byte word of the lane's first eight elements
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return Packed(row + chunk * 16 + lane);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uvec4 words = weights16[p.first + w * 4];
    low = vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
    high = vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w));
}
