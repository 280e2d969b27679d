// Keys and values, loaded in chunks of kChunkFours times four numbers.

layout(std430, binding = 1) readonly buffer Keys { uvec4 keyWords[]; };
layout(std430, binding = 1) readonly buffer KeyPairs { uvec2 keyPairs[]; };
layout(std430, binding = 2) readonly buffer Values { uvec4 valueWords[]; };
layout(std430, binding = 2) readonly buffer ValuePairs { uvec2 valuePairs[]; };

// A chunk is 16 bytes, but 8 where a head's f16 numbers are no multiple of that.
uvec4 loadKeys(uint chunk) {
    if (kHalf && kChunkFours == 1) return uvec4(keyPairs[chunk], 0, 0);
    return keyWords[chunk];
}

uvec4 loadValues(uint chunk) {
    if (kHalf && kChunkFours == 1) return uvec4(valuePairs[chunk], 0, 0);
    return valueWords[chunk];
}

vec4 unpackFour(uvec4 chunk, uint four) {
    if (!kHalf) return uintBitsToFloat(chunk);
    const uvec2 words = four == 0 ? chunk.xy : chunk.zw;
    return vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
}
