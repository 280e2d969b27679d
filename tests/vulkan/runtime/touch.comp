#version 450
// Adds 1 to every word: what depends on every earlier run of itself.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Words { uint words[]; };
void main() {
    if (gl_GlobalInvocationID.x < words.length()) words[gl_GlobalInvocationID.x] += 1;
}
