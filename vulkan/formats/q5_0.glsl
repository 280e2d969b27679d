// Unpacks Q5_0: see q5_0.h.
#include "formats/packed.glsl"

struct Packed {
    uvec4 words;
    uint fifth;
    vec4 scales;
};

struct Raw {
    uvec4 words;
    uint fifth;
    uvec2 scales;
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    return Raw(weights16[row + chunk * 4 + lane], weights4[(row + chunks * 4 + chunk) * 4 + lane],
               weights8[(row + chunks * 5) * 2 + chunk]);
}

Packed prepare(Raw raw, uint chunk) {
    return Packed(raw.words, raw.fifth, fourHalves(raw.scales));
}

#include "formats/load_packed.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint word = p.words[w];
    const uint fifth = p.fifth >> (w * 2);
    low = signedFields(lowFives(word, fifth), 5) * p.scales[w];
    high = signedFields(highFives(word, fifth), 5) * p.scales[w];
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    const uint fifth = p.fifth >> (w * 2);
    low = lowFives(p.words[w], fifth) ^ 0x10101010u;
    high = highFives(p.words[w], fifth) ^ 0x10101010u;
}

vec2 byteScales(Packed p, uint w) {
    return vec2(p.scales[w]);
}

vec2 byteMinimums(Packed p, uint w) {
    return vec2(p.scales[w] * 16.0);
}
