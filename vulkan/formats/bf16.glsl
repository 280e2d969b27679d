// Unpacks BF16: see bf16.h.
#include "formats/half_words.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uvec4 words = wordsOf(p, w);
    low = uintBitsToFloat(uvec4(words.x << 16, words.x & 0xffff0000u, words.y << 16, words.y & 0xffff0000u));
    high = uintBitsToFloat(uvec4(words.z << 16, words.z & 0xffff0000u, words.w << 16, words.w & 0xffff0000u));
}
