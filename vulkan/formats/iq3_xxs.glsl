// Unpacks IQ3_XXS: see iq_rows.h.
const float kScaleFactor = 0.25;

// 4, 12, .. 52 for codes 0 .. 6 and 62, not 60, for 7; their negatives for -1 .. -8.
vec4 iq3Values(vec4 codes) {
    const vec4 middle = codes + 0.5;
    return middle * 8.0 + trunc(middle * 0.14) * 2.0;
}

#include "formats/iq3.glsl"
