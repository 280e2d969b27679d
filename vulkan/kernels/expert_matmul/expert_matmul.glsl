// See expert_matmul.h: large tiles.
#define EXPERTS
#include "kernels/matmul/matmul.glsl"
