// Unpacks Q4_K: see q4_k.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    vec4 scales;    // of the chunk's four groups of 32
    vec4 minimums;
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    // One header per block of two chunks: d and dmin, then 8 scales and 8 minimums of 6 bits in 12 bytes. The first
    // chunk's are the low 6 bits of the first eight bytes; the second's are half bytes of the last four, with their top
    // two bits in the top bits of the first eight.
    const uvec4 header = weights16[row + chunks * 4 + chunk / 2];
    const bool second = (chunk & 1u) != 0u;
    const uint scales = second ? (header.w & 0x0f0f0f0fu) | ((header.y >> 2) & 0x30303030u) : header.y & 0x3f3f3f3fu;
    const uint minimums =
        second ? ((header.w >> 4) & 0x0f0f0f0fu) | ((header.z >> 2) & 0x30303030u) : header.z & 0x3f3f3f3fu;
    const vec2 d = unpackHalf2x16(header.x);
    return Packed(weights16[row + chunk * 4 + lane], unsignedBytes(scales) * d.x, unsignedBytes(minimums) * d.y);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint word = p.words[w];
    low = unsignedBytes(word & 0x0f0f0f0fu) * p.scales[w] - p.minimums[w];
    high = unsignedBytes((word >> 4) & 0x0f0f0f0fu) * p.scales[w] - p.minimums[w];
}
