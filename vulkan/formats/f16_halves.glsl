// F16 as it is, in the order of halves.glsl.
#include "formats/halves.glsl"

uvec4 unpackHalves(Packed p, uint w) {
    const uvec4 words = weights16[p.first + w * 4];
    return uvec4((words.x & 0xffffu) | (words.y << 16), (words.x >> 16) | (words.y & 0xffff0000u),
                 (words.z & 0xffffu) | (words.w << 16), (words.z >> 16) | (words.w & 0xffff0000u));
}
