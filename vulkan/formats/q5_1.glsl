// Unpacks Q5_1: see q5_1.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    uint fifth;
    uvec4 headers;
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return Packed(weights16[row + chunk * 4 + lane], weights4[(row + chunks * 4 + chunk) * 4 + lane],
                  weights16[row + chunks * 5 + chunk]);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint word = p.words[w];
    const uint fifth = p.fifth >> (w * 2);
    const vec2 d = unpackHalf2x16(p.headers[w]);
    low = unsignedBytes(lowFives(word, fifth)) * d.x + d.y;
    high = unsignedBytes(highFives(word, fifth)) * d.x + d.y;
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    const uint fifth = p.fifth >> (w * 2);
    low = lowFives(p.words[w], fifth);
    high = highFives(p.words[w], fifth);
}

vec2 byteScales(Packed p, uint w) {
    return vec2(unpackHalf2x16(p.headers[w]).x);
}

vec2 byteMinimums(Packed p, uint w) {
    return vec2(-unpackHalf2x16(p.headers[w]).y);
}
