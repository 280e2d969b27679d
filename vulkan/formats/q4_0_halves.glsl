// Q4_0 as f16: see halves.glsl.
#include "formats/halves.glsl"

// Nibbles 0 and 4, as numbers of -8 .. 7.
uint q4Halves(uint word, f16vec2 scale) {
    return packFloat2x16(wholeHalves((word & 0x000f000fu) ^ 0x64086408u, 8.0hf) * scale);
}

uvec4 unpackHalves(Packed p, uint w) {
    const uint word = p.words[w];
    const f16vec2 scale = f16vec2(float16_t(p.scales[w]));
    return uvec4(q4Halves(word, scale), q4Halves(word >> 8, scale), q4Halves(word >> 4, scale),
                 q4Halves(word >> 12, scale));
}
