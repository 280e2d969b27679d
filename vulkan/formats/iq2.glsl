// Unpacks IQ2_XXS, IQ2_XS and IQ2_S: see iq_rows.h.
#include "formats/packed.glsl"

struct Packed {
    uvec2 lowBits;
    uint signs;
    uint scales;  // 4 bits for each half of a word
    float factor;
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    const uint block = chunk / 2;
    const uint scales = (row + chunks * 3) * 4;
    const vec2 factors = unpackHalf2x16(weights4[scales + (chunks + 3) / 4 * 4 + block / 2]);
    return Packed(weights8[row * 2 + chunk * 4 + lane], weights4[(row + chunks * 2 + chunk) * 4 + lane],
                  weights4[scales + chunk], ((block & 1u) != 0u ? factors.y : factors.x) * 0.125);
}

// 8, 25, 43 for codes 0, 1, 2, and their negatives for -1, -2, -3.
vec4 iq2Values(uint word) {
    return trunc(signedFields(word, 3) * 17.25 + 8.625);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    const uint lowBits = (w < 2 ? p.lowBits.x : p.lowBits.y) >> (w % 2 * 4);
    const uint signs = p.signs >> (w * 2);
    const int scales = int(p.scales >> (w * 8));
    low = iq2Values((lowBits & 0x03030303u) | ((signs & 0x01010101u) << 2)) *
          (p.factor * float((scales & 15) * 2 + 1));
    high = iq2Values(((lowBits >> 2) & 0x03030303u) | ((signs & 0x02020202u) << 1)) *
           (p.factor * float(((scales >> 4) & 15) * 2 + 1));
}
