// Unpacks Q8_0: see q8_0.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 firstTwo, lastTwo;
    vec4 scales;
};

struct Raw {
    uvec4 firstTwo, lastTwo;
    uvec2 scales;
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    return Raw(weights16[row + chunk * 8 + lane], weights16[row + chunk * 8 + 4 + lane],
               weights8[(row + chunks * 8) * 2 + chunk]);
}

Packed prepare(Raw raw, uint chunk) {
    return Packed(raw.firstTwo, raw.lastTwo, fourHalves(raw.scales));
}

#include "formats/load_packed.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uvec4 two = w < 2 ? p.firstTwo : p.lastTwo;
    const uvec2 word = (w & 1u) == 0u ? two.xy : two.zw;
    low = signedBytes(word.x) * p.scales[w];
    high = signedBytes(word.y) * p.scales[w];
}

#define WEIGHTS_AS_BYTES
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    const uvec4 two = w < 2 ? p.firstTwo : p.lastTwo;
    const uvec2 word = (w & 1u) == 0u ? two.xy : two.zw;
    low = word.x;
    high = word.y;
}

vec2 byteScales(Packed p, uint w) {
    return vec2(p.scales[w]);
}
