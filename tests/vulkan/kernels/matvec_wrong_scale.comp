// matvec_q4_0 with a mistake, to see that the comparison would notice one.
#version 450
#define SCALE_RESULT 1.0001
#include "formats/q4_0.glsl"
#include "kernels/matmul/matvec.glsl"
