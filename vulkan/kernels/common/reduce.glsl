// Sum (or maximum) over a workgroup: within subgroups by the subgroup operations, between them through shared memory,
// so it is right for every subgroup size. To be called by all invocations of the workgroup together.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require

shared float reduceParts[128];

float workgroupSum(float value) {
    value = subgroupAdd(value);
    if (gl_NumSubgroups == 1) return value;
    barrier();  // the parts of the call before have been read
    if (subgroupElect()) reduceParts[gl_SubgroupID] = value;
    barrier();
    float sum = 0.0;
    for (uint i = 0; i < gl_NumSubgroups; ++i) sum += reduceParts[i];
    return sum;
}
