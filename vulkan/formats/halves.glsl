// Weights as f16, for the cooperative kernel. A format may have, beside its .glsl, a _halves.glsl that gives
//     uvec4 unpackHalves(Packed p, uint w)
// the eight elements of unpackWord in the order of limitedHalves() below. It comes to the same but for rounding, with
// about half the instructions: two elements in each. What formats/<name>.glsl defines is included before.
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require

// Two vec4 in four words, elements 0 and 2, 1 and 3 together: so bytes of a word come apart by a mask and one shift.
// What is beyond the range of f16 becomes the largest there is.
uvec4 limitedHalves(vec4 low, vec4 high) {
    const f16vec4 most = f16vec4(65504.0hf);
    const f16vec4 a = clamp(f16vec4(low), -most, most), b = clamp(f16vec4(high), -most, most);
    return uvec4(packFloat2x16(a.xz), packFloat2x16(a.yw), packFloat2x16(b.xz), packFloat2x16(b.yw));
}

// Whole numbers of up to ten bits n in either half of a word, made to halves by their exponent: bits 0x6400 + n are
// 1024 + n. `bits` has these already; `zero` is what is to be 0.
f16vec2 wholeHalves(uint bits, float16_t zero) {
    return unpackFloat2x16(bits) - f16vec2(1024.0hf + zero);
}
