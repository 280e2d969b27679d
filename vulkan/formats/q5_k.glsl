// Unpacks Q5_K: see q5_k.h.
#include "formats/packed.glsl"
#include "formats/k_scales.glsl"

struct Packed {
    uvec4 words;
    uint fifth;
    ScalesAndMinimums groups;
};

struct Raw {
    uvec4 words;
    uint fifth;
    uvec4 header;
};

Raw loadRaw(uint row, uint chunks, uint chunk, uint lane) {
    return Raw(weights16[row + chunk * 4 + lane], weights4[(row + chunks * 4 + chunk) * 4 + lane],
               weights16[row + chunks * 5 + chunk / 2]);
}

Packed prepare(Raw raw, uint chunk) {
    return Packed(raw.words, raw.fifth, scalesAndMinimums(raw.header, chunk));
}

#include "formats/load_packed.glsl"

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint word = p.words[w];
    const uint fifth = p.fifth >> (w * 2);
    low = unsignedBytes(lowFives(word, fifth)) * p.groups.scales[w] -
          p.groups.minimums[w];
    high = unsignedBytes(highFives(word, fifth)) * p.groups.scales[w] -
           p.groups.minimums[w];
}

#define WEIGHTS_AS_BYTES
#define BYTE_MINIMUMS
void unpackBytes(Packed p, uint w, out uint low, out uint high) {
    const uint fifth = p.fifth >> (w * 2);
    low = lowFives(p.words[w], fifth);
    high = highFives(p.words[w], fifth);
}

vec2 byteScales(Packed p, uint w) {
    return vec2(p.groups.scales[w]);
}

vec2 byteMinimums(Packed p, uint w) {
    return vec2(p.groups.minimums[w]);
}
