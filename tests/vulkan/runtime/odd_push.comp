#version 450
// Only looked at, never run: a push constant block with everything that sizes are made of, and bindings with a gap.
layout(local_size_x = 1) in;
struct Pair {
    vec2 a;
    uint b;
};
layout(push_constant) uniform Params {
    uint first;
    vec4 vector;     // at 16
    Pair pairs[2];   // at 32, stride 16
    mat2x3 matrix;   // at 64, two columns of stride 16
    float tail;      // at 96
};
layout(binding = 0) readonly buffer In { float values[]; };
layout(binding = 2) buffer Both { float both[]; };
layout(binding = 3) readonly buffer AsFloat { float view[]; };
layout(binding = 3) buffer AsUint { uint words[]; };
void main() {
    both[0] = values[0] + float(first) + vector.x + pairs[1].a.y + float(pairs[0].b) + matrix[1].z + tail + view[0];
    words[1] = 2;
}
