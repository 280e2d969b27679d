// Unpacks F16: see f16.h.
#include "formats/half_words.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uvec4 words = wordsOf(p, w);
    low = vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
    high = vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w));
}
