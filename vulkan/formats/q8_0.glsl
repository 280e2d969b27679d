// Unpacks Q8_0: see q8_0.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words[2];
    vec4 scales;
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    const uvec2 scales = weights8[(row + chunks * 8) * 2 + chunk];
    Packed p;
    p.words[0] = weights16[row + chunk * 8 + lane];
    p.words[1] = weights16[row + chunk * 8 + 4 + lane];
    p.scales = vec4(unpackHalf2x16(scales.x), unpackHalf2x16(scales.y));
    return p;
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    low = signedBytes(p.words[w / 2][w % 2 * 2]) * p.scales[w];
    high = signedBytes(p.words[w / 2][w % 2 * 2 + 1]) * p.scales[w];
}
