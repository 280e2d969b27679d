// Unpacks Q4_1: see q4_1.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    uvec4 headers;
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return Packed(weights16[row + chunk * 4 + lane], weights16[row + chunks * 4 + chunk]);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const vec2 d = unpackHalf2x16(p.headers[w]);
    low = unsignedBytes(p.words[w] & 0x0f0f0f0fu) * d.x + d.y;
    high = unsignedBytes((p.words[w] >> 4) & 0x0f0f0f0fu) * d.x + d.y;
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    low = p.words[w] & 0x0f0f0f0fu;
    high = (p.words[w] >> 4) & 0x0f0f0f0fu;
}

vec2 byteScales(Packed p, uint w) {
    return vec2(unpackHalf2x16(p.headers[w]).x);
}

vec2 byteMinimums(Packed p, uint w) {
    return vec2(-unpackHalf2x16(p.headers[w]).y);
}
