// Sum or maximum over a workgroup: within subgroups by the subgroup operations, between them through shared memory,
// so it is right for every subgroup size. To be called by all invocations of the workgroup together.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require

shared float reduceParts[128];

// Puts each subgroup's part where all can read it.
void shareParts(float part) {
    barrier();  // the parts of the call before have been read
    if (subgroupElect()) reduceParts[gl_SubgroupID] = part;
    barrier();
}

float workgroupSum(float value) {
    value = subgroupAdd(value);
    if (gl_NumSubgroups == 1) return value;
    shareParts(value);
    float sum = 0.0;
    for (uint i = 0; i < gl_NumSubgroups; ++i) sum += reduceParts[i];
    return sum;
}

float workgroupMax(float value) {
    value = subgroupMax(value);
    if (gl_NumSubgroups == 1) return value;
    shareParts(value);
    for (uint i = 0; i < gl_NumSubgroups; ++i) value = max(value, reduceParts[i]);
    return value;
}
