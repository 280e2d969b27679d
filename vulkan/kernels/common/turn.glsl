// Cosine and sine of the angle by which a pair turns (rope.h). They are ours: Vulkan asks no more than an absolute
// error of 2^-11 of the built-in ones. The angle is a whole number of 2^-32 turns; its top bits give the nearest
// quarter turn, the rest lies within an eighth of a turn, where the Taylor series to the terms below are good to f32
// (the first one left out is under 2^-29).
vec2 cosineAndSine(uint angle) {
    const uint quarter = (angle + 0x20000000u) >> 30;
    const float x = float(int(angle - (quarter << 30))) * 1.4629180792671596e-09;  // 2 pi / 2^32
    const float y = x * x;
    const float c = 1.0 + y * (-0.5 + y * (4.16666667e-2 + y * (-1.38888889e-3 + y * 2.48015873e-5)));
    const float s = x + x * y * (-1.66666667e-1 + y * (8.33333333e-3 + y * (-1.98412698e-4 + y * 2.75573192e-6)));
    const vec2 turned = (quarter & 1u) == 0u ? vec2(c, s) : vec2(-s, c);
    return (quarter & 2u) == 0u ? turned : -turned;
}

// `turn` of one step: low and high word of a 64-bit fraction of a turn.
vec2 turnAt(uvec2 turn, uint position) {
    uint carry, ignored;
    umulExtended(turn.x, position, carry, ignored);
    return cosineAndSine(turn.y * position + carry);
}
