// Any other format as f16: see halves.glsl. Numbers beyond the range of f16 become the largest there is.
#include "formats/halves.glsl"

uvec4 unpackHalves(Packed p, uint w) {
    vec4 low, high;
    unpackWord(p, w, low, high);
    return limitedHalves(low, high);
}
