// See expert_matmul.h: large tiles, on a device with cooperative matrices.
#define EXPERTS
#include "kernels/matmul/matmul_coop.glsl"
