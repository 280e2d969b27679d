// Unpacks BF16: see bf16.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words[4];
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    Packed p;
    for (uint i = 0; i < 4; ++i) p.words[i] = weights16[row + chunk * 16 + i * 4 + lane];
    return p;
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uvec4 words = p.words[w];
    low = uintBitsToFloat(uvec4(words.x << 16, words.x & 0xffff0000u, words.y << 16, words.y & 0xffff0000u));
    high = uintBitsToFloat(uvec4(words.z << 16, words.z & 0xffff0000u, words.w << 16, words.w & 0xffff0000u));
}
