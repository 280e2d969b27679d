// Scales and minimums of Q4_K and Q5_K (see k_scales.h) from their 16-byte header, d and dmin before the 12 bytes.
struct ScalesAndMinimums {
    vec4 scales;    // of the chunk's four groups of 32
    vec4 minimums;
};

ScalesAndMinimums scalesAndMinimums(uvec4 header, uint chunk) {
    const bool second = (chunk & 1u) != 0u;
    const uint scales = second ? (header.w & 0x0f0f0f0fu) | ((header.y >> 2) & 0x30303030u) : header.y & 0x3f3f3f3fu;
    const uint minimums =
        second ? ((header.w >> 4) & 0x0f0f0f0fu) | ((header.z >> 2) & 0x30303030u) : header.z & 0x3f3f3f3fu;
    const vec2 d = unpackHalf2x16(header.x);
    return ScalesAndMinimums(unsignedBytes(scales) * d.x, unsignedBytes(minimums) * d.y);
}
