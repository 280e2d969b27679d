// See store_kv.h. Four numbers per invocation, of the keys and of the values.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/store_kv/store_kv_params.h"
#define STEP_BINDING 4
#include "kernels/common/step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool kHalf = true;
layout(constant_id = 2) const bool kRing = false;
layout(push_constant) uniform Push { StoreKvParams p; };
layout(std430, binding = 0) readonly buffer Keys { vec4 keys[]; };
layout(std430, binding = 1) readonly buffer Values { vec4 values[]; };
layout(std430, binding = 2) writeonly buffer KeyCache { vec4 keyCache[]; };
layout(std430, binding = 3) writeonly buffer ValueCache { vec4 valueCache[]; };
layout(std430, binding = 2) writeonly buffer KeyCacheHalf { uvec2 keyCacheHalf[]; };
layout(std430, binding = 3) writeonly buffer ValueCacheHalf { uvec2 valueCacheHalf[]; };

uvec2 toHalf(vec4 v) {
    v = clamp(v, vec4(-65504.0), vec4(65504.0));
    return uvec2(packHalf2x16(v.xy), packHalf2x16(v.zw));
}

void main() {
    const uint i = groupIndex() * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    const uint perRow = p.width / 4;
    const uint row = i / perRow;
    const uint position = stepPosition + row;
    if (row >= min(p.rows, stepTokenCount) || (!kRing && position >= p.capacity)) return;
    const uint target = (kRing ? position % p.capacity : position) * perRow + i % perRow;
    if (kHalf) {
        keyCacheHalf[target] = toHalf(keys[i]);
        valueCacheHalf[target] = toHalf(values[i]);
    } else {
        keyCache[target] = keys[i];
        valueCache[target] = values[i];
    }
}
