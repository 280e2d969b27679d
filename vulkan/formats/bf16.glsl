// Unpacks BF16: see bf16.h.
#include "formats/packed.glsl"

struct Packed {
    uint first;  // 16-byte word of the lane's first eight elements
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return Packed(row + chunk * 16 + lane);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uvec4 words = weights16[p.first + w * 4];
    low = uintBitsToFloat(uvec4(words.x << 16, words.x & 0xffff0000u, words.y << 16, words.y & 0xffff0000u));
    high = uintBitsToFloat(uvec4(words.z << 16, words.z & 0xffff0000u, words.w << 16, words.w & 0xffff0000u));
}
