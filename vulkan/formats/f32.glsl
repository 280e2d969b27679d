// Unpacks F32: see f32.h.
#include "formats/packed.glsl"

struct Packed {
    vec4 elements[8];
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    Packed p;
    for (uint i = 0; i < 8; ++i) p.elements[i] = uintBitsToFloat(weights16[row + chunk * 32 + i * 4 + lane]);
    return p;
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    low = p.elements[2 * w];
    high = p.elements[2 * w + 1];
}
