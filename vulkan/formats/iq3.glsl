// Unpacks IQ3_XXS and IQ3_S: see iq_rows.h. The includer gives iq3Values(vec4 codes) and kScaleFactor: an element is
// d * (2 s + 1) * kScaleFactor * value.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    vec4 scales;
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    const uvec2 header = weights8[(row + chunks * 4) * 2 + chunk / 2];
    const uint scales = header.y >> ((chunk & 1u) * 16);
    const float factor = unpackHalf2x16(header.x).x * kScaleFactor;
    return Packed(weights16[row + chunk * 4 + lane],
                  vec4((ivec4(scales, scales >> 4, scales >> 8, scales >> 12) & 15) * 2 + 1) * factor);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    low = iq3Values(signedLowNibbles(p.words[w])) * p.scales[w];
    high = iq3Values(signedHighNibbles(p.words[w])) * p.scales[w];
}
