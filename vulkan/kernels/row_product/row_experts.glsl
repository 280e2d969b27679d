// The experts of one token (route.h) in row_product.glsl: each by itself, for gate and up, all of which read the same
// activations (a workgroup has one expert); or all in one sum, each with activations of its own (columns), its result
// times its share. The matrices of all experts lie one under the other, with as many rows each as the product has.
const uint kExpertsNone = 0;
const uint kExpertsApart = 1;
const uint kExpertsCombined = 2;

layout(std430, binding = 13) readonly buffer Chosen { float chosen[]; };  // numbers of experts
layout(std430, binding = 14) readonly buffer Shares { float shares[]; };

// The first row of the expert that goes with column c.
uint expertRow(uint c) {
    if (kExperts == kExpertsNone) return 0;
    return uint(chosen[kExperts == kExpertsApart ? gl_WorkGroupID.y : c]) * p.rows;
}
