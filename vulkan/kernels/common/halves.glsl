// Eight numbers as f16. Those past its range become its largest, so that there are no infinities.
uvec4 toHalves(vec4 low, vec4 high) {
    const vec4 most = vec4(65504.0);
    low = clamp(low, -most, most);
    high = clamp(high, -most, most);
    return uvec4(packHalf2x16(low.xy), packHalf2x16(low.zw), packHalf2x16(high.xy), packHalf2x16(high.zw));
}
