// See route.h. One workgroup per row. Softmax and sigmoid both rise with the score, so experts are chosen by the scores
// themselves: rounding cannot make two of them equal.
#version 450
#include "kernels/common/elements.glsl"
#include "kernels/common/reduce.glsl"
#include "kernels/route/route_params.h"

const uint kMaxExperts = 1024;
const float kLowest = -1.0e38;  // of a score: differences stay finite, too; infinities are not defined on every device
const float kTaken = -3.0e38;

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kGating = 0;  // ExpertGating
layout(push_constant) uniform Push { RouteParams p; };
layout(std430, binding = 0) readonly buffer Scores { float scores[]; };
layout(std430, binding = 1) writeonly buffer Chosen { float chosen[]; };
layout(std430, binding = 2) writeonly buffer Weights { float weights[]; };
layout(std430, binding = 3) writeonly buffer Order { uint order[]; };

shared float left[kMaxExperts];    // scores of the experts that are not chosen yet; each invocation has its own ones
shared float picked[kMaxExperts];  // weights of the chosen ones before they are scaled

const uint kSigmoid = 1;
const uint kSparseMixer = 2;
const float kClose = 0.02;  // of kSparseMixer

float weightOf(float score, float highest) {
    if (kGating == kSigmoid) return 1.0 / (1.0 + exp(min(-score, 87.0)));
    return exp(max(score - highest, -87.0));
}

void main() {
    const uint row = groupIndex();
    if (row >= p.rows) return;
    const uint lane = gl_LocalInvocationIndex;
    float highest = kLowest;
    for (uint e = lane; e < p.experts; e += gl_WorkGroupSize.x) {
        const float score = scores[row * p.experts + e];
        left[e] = score >= kLowest ? min(score, -kLowest) : kLowest;  // kLowest for NaN
        highest = max(highest, left[e]);
    }
    highest = workgroupMax(highest);
    float total = 0.0;
    for (uint e = lane; e < p.experts; e += gl_WorkGroupSize.x) total += weightOf(left[e], highest);
    total = workgroupSum(total);

    float pickedTotal = 0.0;
    for (uint i = 0; i < p.used; ++i) {
        float best = kTaken;
        uint own = 0;
        for (uint e = lane; e < p.experts; e += gl_WorkGroupSize.x) {
            if (left[e] > best) {
                best = left[e];
                own = e;
            }
        }
        const float winner = workgroupMax(best);
        const uint expert = uint(-workgroupMax(best == winner ? -float(own) : kLowest));  // the lowest of equals
        float weight = weightOf(winner, highest);
        if (kGating == kSparseMixer) {
            float close = 0.0;
            for (uint e = lane; e < p.experts; e += gl_WorkGroupSize.x) {
                const bool counts = left[e] > kTaken && winner - left[e] <= kClose * max(abs(left[e]), winner);
                if (counts) close += weightOf(left[e], winner);
            }
            weight = 1.0 / workgroupSum(close);
        }
        if (expert % gl_WorkGroupSize.x == lane) left[expert] = kTaken;
        pickedTotal += weight;
        if (lane == 0) {
            picked[i] = weight;
            chosen[row * p.used + i] = float(expert);
            if (p.rows == 1) {  // a token's experts differ: each pair is a tile of its own
                order[i * 3] = expert;
                order[i * 3 + 1] = i;
                order[i * 3 + 2] = 1;
                order[p.used * 3 + i] = i;
            }
        }
    }
    barrier();
    const float whole = p.renormalise != 0 ? pickedTotal : kGating == 0 ? total : 1.0;
    for (uint i = lane; i < p.used; i += gl_WorkGroupSize.x) {
        weights[row * p.used + i] = picked[i] / whole * p.scale;
    }
}
