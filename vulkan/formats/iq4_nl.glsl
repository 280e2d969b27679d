// Unpacks IQ4_NL: see iq4_nl.h.
#include "formats/iq4_values.glsl"
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
    low = iq4Values(signedLowNibbles(p.words[w])) * p.scales[w];
    high = iq4Values(signedHighNibbles(p.words[w])) * p.scales[w];
}

#define WEIGHTS_AS_BYTES
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    low = bytesOf(ivec4(iq4Values(signedLowNibbles(p.words[w]))));
    high = bytesOf(ivec4(iq4Values(signedHighNibbles(p.words[w]))));
}

vec2 byteScales(Packed p, uint w) {
    return vec2(p.scales[w]);
}
