// Unpacks IQ4_XS: see iq4_xs.h.
#include "formats/iq4_values.glsl"
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    vec4 scales;
};

struct Raw {
    uvec4 words;
    uvec2 header;
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    return Raw(weights16[row + chunk * 4 + lane], weights8[(row + chunks * 4) * 2 + chunk / 2]);
}

Packed prepare(Raw raw, uint chunk) {
    const uint side = chunk & 1u;
    const uint low = raw.header.y >> (side * 16);
    const uint top = raw.header.x >> (16 + side * 8);
    const ivec4 scales = (ivec4(low, low >> 4, low >> 8, low >> 12) & 15) |
                         ((ivec4(top, top >> 2, top >> 4, top >> 6) & 3) << 4);
    return Packed(raw.words, vec4(scales - 32) * unpackHalf2x16(raw.header.x).x);
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
