// What workgroups leave behind for each other where the positions are in parts.

// Counters of finished parts, by group of queries, always 0 between dispatches; then, from kPartsOffset on, for each
// (group, part, query) its kFours sums and (maximum, total, -, -).
layout(std430, binding = PARTS_BINDING) coherent buffer Counters { uint counters[]; };
layout(std430, binding = PARTS_BINDING) coherent buffer Parts { vec4 parts[]; };

const uint kPartsOffset = 256;  // kAttentionCounterBytes / 16
const uint kBatch = 8;          // parts that are loaded at once

shared uint finishedBefore;

// Whether this workgroup is the last of a group's `used` ones: then it sees what the others left, and the counter is 0
// again. To be called by the whole workgroup.
bool lastToFinish(uint group, uint used) {
    memoryBarrierBuffer();  // what this invocation wrote is there before it is counted
    barrier();
    if (gl_LocalInvocationIndex == 0) finishedBefore = atomicAdd(counters[group], 1);
    barrier();
    if (finishedBefore + 1 < used) return false;
    memoryBarrierBuffer();
    if (gl_LocalInvocationIndex == 0) counters[group] = 0;
    return true;
}

// Four numbers of a query's result, from all parts: `at` is where the first has them, the next are `stride` further.
vec4 mergeParts(uint four, uint at, uint stride, uint used) {
    float highest = kNothing, all = 0.0;
    vec4 sum = vec4(0.0);
    for (uint first = 0; first < used; first += kBatch) {
        vec4 part[kBatch];
        vec2 state[kBatch];
        float now = highest;
        [[unroll]] for (uint b = 0; b < kBatch; ++b) {
            const uint start = at + min(first + b, used - 1) * stride;
            part[b] = parts[start + four];
            state[b] = parts[start + kFours].xy;
        }
        [[unroll]] for (uint b = 0; b < kBatch; ++b) now = max(now, state[b].x);
        const float factor = exponential(highest, now);
        sum *= factor;
        all *= factor;
        highest = now;
        [[unroll]] for (uint b = 0; b < kBatch; ++b) {
            const float weight = first + b < used ? exponential(state[b].x, now) : 0.0;
            sum += part[b] * weight;
            all += state[b].y * weight;
        }
    }
    return sum / all;
}
