// Unpacks IQ2_XS: see iq_rows.h.
#include "formats/iq2.glsl"
