// Which queries a workgroup has, numbered from 0 to kQueries - 1, and which positions they see: those from
// firstSeen(row) to limitSeen(row) - 1.

const float kNothing = -3.0e38;  // maximum of no scores

float exponential(float score, float highest) {
    return score > kNothing ? exp(score - highest) : 0.0;
}

uint kvHead() {
    return gl_WorkGroupID.x;
}

// The last rows, which see most, come first.
uint queryGroup() {
    return gl_NumWorkGroups.y - 1 - gl_WorkGroupID.y;
}

uint rowOf(uint q) {
    return (queryGroup() * kQueries + q) / (p.headCount / p.headCountKv);
}

uint headOf(uint q) {
    const uint groupSize = p.headCount / p.headCountKv;
    return kvHead() * groupSize + (queryGroup() * kQueries + q) % groupSize;
}

uint rowsInUse() {
    return min(p.rows, stepTokenCount);
}

// Where a query's numbers begin in the batch.
uint queryStart(uint q) {
    return (rowOf(q) * p.headCount + headOf(q)) * kFours;
}

// A ring has room for every position; any other cache ends at its capacity.
uint limitSeen(uint row) {
    const uint limit = stepPosition + (kCausal ? row + 1 : stepTokenCount);
    return kWindowed ? limit : min(limit, p.capacity);
}

uint firstSeen(uint row) {
    const uint limit = limitSeen(row);
    return kWindowed && limit > p.window ? limit - p.window : 0;
}

uint cacheRow(uint position) {
    return kWindowed ? position % p.capacity : position;
}
