// What the unpacking code of all formats shares: the weights as words of several sizes, and bytes to numbers.
// The layout is described in formats.h. A format's .glsl gives
//     struct Packed                                                what one lane loads of one chunk of a row
//     Packed loadPacked(uint row, uint chunks, uint chunk, uint lane)   `row`: where the row starts, in 16-byte words
//     or, as two steps, Raw loadRaw(...), which waits for nothing that it loads, and Packed prepare(Raw, uint chunk);
//     then it includes load_packed.glsl
//     void unpackWord(Packed p, uint w, out vec4 low, out vec4 high)
//                                                                  elements w*32 + h*16 + lane*4 + 0..3, h = 0 and 1
// and, where all numbers of a format are whole ones of a byte times a scale, WEIGHTS_AS_BYTES and
//     void unpackBytes(Packed p, uint w, out uint low, out uint high)   the same elements, four signed bytes each
//     vec2 byteScales(Packed p, uint w)      of low and high: equal, unless BYTE_HALVES is defined
//     vec2 byteMinimums(Packed p, uint w)    where BYTE_MINIMUMS is defined: an element is byte * scale - minimum
// Loops over w are not always unrolled, so a Packed holds vectors and no arrays (an array indexed by a variable goes to
// memory); where a word is a 16-byte word of its own, unpackWord loads it. A kernel that does unroll them says so
// (UNROLLED).
#ifndef LARES_PACKED_GLSL
#define LARES_PACKED_GLSL

const uint kChunkElements = 128;
const uint kLanesPerChunk = 4;

layout(std430, binding = 0) readonly buffer Weights16 { uvec4 weights16[]; };
layout(std430, binding = 0) readonly buffer Weights8 { uvec2 weights8[]; };
layout(std430, binding = 0) readonly buffer Weights4 { uint weights4[]; };

// The four bytes of a word, from the lowest. Signed conversion on purpose: a float from an unsigned word costs more.
vec4 unsignedBytes(uint word) {
    return vec4(ivec4(word & 0xffu, (word >> 8) & 0xffu, (word >> 16) & 0xffu, word >> 24));
}

vec4 signedBytes(uint word) {
    const int w = int(word);
    return vec4(ivec4((w << 24) >> 24, (w << 16) >> 24, (w << 8) >> 24, w >> 24));
}

// The low `bits` bits of each byte as a number with sign.
vec4 signedFields(uint word, int bits) {
    const int w = int(word);
    return vec4(ivec4(w << (32 - bits), w << (24 - bits), w << (16 - bits), w << (8 - bits)) >> (32 - bits));
}

// The low (or high) half of each byte as a number of -8 .. 7.
vec4 signedLowNibbles(uint word) {
    const int w = int(word);
    return vec4(ivec4((w << 28) >> 28, (w << 20) >> 28, (w << 12) >> 28, (w << 4) >> 28));
}

vec4 signedHighNibbles(uint word) {
    const int w = int(word);
    return vec4(ivec4((w << 24) >> 28, (w << 16) >> 28, (w << 8) >> 28, w >> 28));
}

// The low (or high) halves of each byte with a fifth bit: in `fifth` the lowest (or second) bit of the byte.
uint lowFives(uint word, uint fifth) {
    return (word & 0x0f0f0f0fu) | ((fifth & 0x01010101u) << 4);
}

uint highFives(uint word, uint fifth) {
    return ((word >> 4) & 0x0f0f0f0fu) | ((fifth & 0x02020202u) << 3);
}

vec4 fourHalves(uvec2 halves) {
    return vec4(unpackHalf2x16(halves.x), unpackHalf2x16(halves.y));
}

uint bytesOf(ivec4 v) {
    const uvec4 bytes = uvec4(v) & 0xffu;
    return bytes.x | (bytes.y << 8) | (bytes.z << 16) | (bytes.w << 24);
}

#endif
