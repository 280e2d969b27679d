// Unpacks Q4_0: see q4_0.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    vec4 scales;
};

struct Raw {
    uvec4 words;
    uvec2 scales;
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    return Raw(weights16[row + chunk * 4 + lane], weights8[(row + chunks * 4) * 2 + chunk]);
}

Packed prepare(Raw raw, uint chunk) {
    return Packed(raw.words, fourHalves(raw.scales));
}

#include "formats/load_packed.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    low = signedLowNibbles(p.words[w]) * p.scales[w];
    high = signedHighNibbles(p.words[w]) * p.scales[w];
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    low = (p.words[w] & 0x0f0f0f0fu) ^ 0x08080808u;
    high = ((p.words[w] >> 4) & 0x0f0f0f0fu) ^ 0x08080808u;
}

vec2 byteScales(Packed p, uint w) {
    return vec2(p.scales[w]);
}

vec2 byteMinimums(Packed p, uint w) {
    return vec2(p.scales[w] * 8.0);
}
