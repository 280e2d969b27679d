// See route.h: the order of the pairs where there are several rows. One workgroup counts the pairs of each expert, gives
// each expert its places and tiles, and puts the pairs there. Which place a pair gets among those of its expert is left
// to chance; no result depends on it.
#version 450
#include "kernels/route/route_params.h"

const uint kMaxExperts = 1024;

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { RouteParams p; };
layout(std430, binding = 0) readonly buffer Chosen { float chosen[]; };
layout(std430, binding = 1) writeonly buffer Order { uint order[]; };

shared uint counts[kMaxExperts];  // pairs of an expert
shared uint places[kMaxExperts];  // its next free place
shared uint firstTiles[kMaxExperts + 1];

void main() {
    const uint pairs = p.rows * p.used;
    const uint lane = gl_LocalInvocationIndex;
    for (uint e = lane; e < p.experts; e += gl_WorkGroupSize.x) counts[e] = 0;
    barrier();
    for (uint pair = lane; pair < pairs; pair += gl_WorkGroupSize.x) atomicAdd(counts[uint(chosen[pair])], 1);
    barrier();
    if (lane == 0) {
        uint place = 0, tile = 0;
        for (uint e = 0; e < p.experts; ++e) {
            places[e] = place;
            firstTiles[e] = tile;
            place += counts[e];
            tile += (counts[e] + p.tileSize - 1) / p.tileSize;
        }
        firstTiles[p.experts] = tile;
    }
    barrier();
    for (uint e = lane; e < p.experts; e += gl_WorkGroupSize.x) {
        for (uint tile = firstTiles[e]; tile < firstTiles[e + 1]; ++tile) {
            const uint begin = (tile - firstTiles[e]) * p.tileSize;
            order[tile * 3] = e;
            order[tile * 3 + 1] = places[e] + begin;
            order[tile * 3 + 2] = min(p.tileSize, counts[e] - begin);
        }
    }
    for (uint tile = firstTiles[p.experts] + lane; tile < p.tiles; tile += gl_WorkGroupSize.x) order[tile * 3 + 2] = 0;
    barrier();
    for (uint pair = lane; pair < pairs; pair += gl_WorkGroupSize.x) {
        order[pairs * 3 + atomicAdd(places[uint(chosen[pair])], 1)] = pair;
    }
}
