// Unpacks F16: see f16.h.
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
    low = vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
    high = vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w));
}
