// Q6_K as f16: see halves.glsl.
#include "formats/halves.glsl"

// Bytes 0 and 2, of which six bits are a number of -32 .. 31.
uint q6Halves(uint word, f16vec2 scale) {
    return packFloat2x16(wholeHalves((word & 0x003f003fu) ^ 0x64206420u, 32.0hf) * scale);
}

uvec4 unpackHalves(Packed p, uint w) {
    const uint lowBits = p.lowBits[w];
    const uint highBits = (w < 2 ? p.highBits.x : p.highBits.y) >> (w % 2 * 4);
    const uint low = (lowBits & 0x0f0f0f0fu) | ((highBits & 0x03030303u) << 4);
    const uint high = ((lowBits >> 4) & 0x0f0f0f0fu) | ((highBits & 0x0c0c0c0cu) << 2);
    const f16vec2 lowScale = f16vec2(float16_t(p.lowScales[w])), highScale = f16vec2(float16_t(p.highScales[w]));
    return uvec4(q6Halves(low, lowScale), q6Halves(low >> 8, lowScale), q6Halves(high, highScale),
                 q6Halves(high >> 8, highScale));
}
