// Unpacks IQ3_S: see iq_rows.h.
const float kScaleFactor = 1.0;

// 1, 3, .. 15 for codes 0 .. 7, and their negatives for -1 .. -8.
vec4 iq3Values(vec4 codes) {
    return codes * 2.0 + 1.0;
}

#include "formats/iq3.glsl"
