// Q8_0 as f16: see halves.glsl.
#include "formats/halves.glsl"

// Bytes 0 and 2, as numbers of -128 .. 127.
uint q8Halves(uint word, f16vec2 scale) {
    return packFloat2x16(wholeHalves((word & 0x00ff00ffu) ^ 0x64806480u, 128.0hf) * scale);
}

uvec4 unpackHalves(Packed p, uint w) {
    const uvec4 two = w < 2 ? p.firstTwo : p.lastTwo;
    const uvec2 word = (w & 1u) == 0u ? two.xy : two.zw;
    const f16vec2 scale = f16vec2(float16_t(p.scales[w]));
    return uvec4(q8Halves(word.x, scale), q8Halves(word.x >> 8, scale), q8Halves(word.y, scale),
                 q8Halves(word.y >> 8, scale));
}
