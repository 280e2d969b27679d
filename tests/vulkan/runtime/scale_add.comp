#version 450
// target[i] = source[i] * factor + addend, for i < count.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint factor = 1;
layout(push_constant) uniform Params {
    uint count;
    uint addend;
};
layout(binding = 0) readonly buffer Source { uint source[]; };
layout(binding = 1) writeonly buffer Target { uint target[]; };
void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i < count) target[i] = source[i] * factor + addend;
}
