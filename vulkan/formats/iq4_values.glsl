// The values of iq4_values.h, for indices less 8. No table: an array indexed by a variable lies in memory. This
// polynomial of degree four is at most 0.45 off the sixteen integers, so rounding it gives them exactly.
vec4 iq4Values(vec4 index) {
    return roundEven((((0.00159 * index + 0.08184) * index - 0.0168) * index + 11.44) * index + 1.43);
}
