// See expert_matmul.h: small tiles.
#define EXPERTS
#include "kernels/matmul/matvec.glsl"
