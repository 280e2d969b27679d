// See gather_rows.h. One workgroup per row.
#version 450
#include "kernels/gather_rows/gather_rows_params.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { GatherRowsParams p; };
layout(std430, binding = 0) readonly buffer In { float source[]; };
layout(std430, binding = 1) readonly buffer Indices { uint indices[]; };
layout(std430, binding = 2) writeonly buffer Out { float result[]; };

void main() {
    const uint row = gl_WorkGroupID.x;
    const uint from = indices[row];
    if (from >= p.inRows) return;
    for (uint e = gl_LocalInvocationIndex; e < p.width; e += gl_WorkGroupSize.x) {
        result[row * p.width + e] = source[from * p.width + e];
    }
}
