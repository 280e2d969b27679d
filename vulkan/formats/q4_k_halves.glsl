// Q4_K as f16: see halves.glsl.
#include "formats/halves.glsl"

// Nibbles 0 and 4.
uint q4Halves(uint word, f16vec2 scale, f16vec2 minimum) {
    return packFloat2x16(fma(wholeHalves((word & 0x000f000fu) | 0x64006400u, 0.0hf), scale, -minimum));
}

uvec4 unpackHalves(Packed p, uint w) {
    const uint word = p.words[w];
    const f16vec2 scale = f16vec2(float16_t(p.groups.scales[w]));
    const f16vec2 minimum = f16vec2(float16_t(p.groups.minimums[w]));
    return uvec4(q4Halves(word, scale, minimum), q4Halves(word >> 8, scale, minimum),
                 q4Halves(word >> 4, scale, minimum), q4Halves(word >> 12, scale, minimum));
}
