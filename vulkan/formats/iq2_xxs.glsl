// Unpacks IQ2_XXS: see iq_rows.h.
#include "formats/iq2.glsl"
