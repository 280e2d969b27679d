// Unpacks IQ2_S: see iq_rows.h.
#include "formats/iq2.glsl"
