// Unpacks F32: see f32.h.
#include "formats/packed.glsl"

struct Packed {
    uint first;  // 16-byte word of the lane's first four elements
};

Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return Packed(row + chunk * 32 + lane);
}

void unpackWord(Packed p, uint w, out vec4 low, out vec4 high) {
    low = uintBitsToFloat(weights16[p.first + w * 8]);
    high = uintBitsToFloat(weights16[p.first + w * 8 + 4]);
}
