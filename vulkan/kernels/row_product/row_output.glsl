// What row_product.glsl does with its sums. Rows go in pairs (units); which two rows make a pair depends on what is
// made of them: neighbours; a gate and what it lets through; two numbers of a head that turn together.
const uint kPlain = 0;
const uint kGated = 1;
const uint kQueryKeyValue = 2;
const uint kTurnAdjacent = 0;  // RopePairing
const uint kTurnHalves = 1;
const uint kTurnNone = 2;

layout(std430, binding = 4) readonly buffer Bias0 { float bias0[]; };
layout(std430, binding = 5) readonly buffer Bias1 { float bias1[]; };
layout(std430, binding = 6) readonly buffer Bias2 { float bias2[]; };
layout(std430, binding = 7) readonly buffer Residual { float residual[]; };
layout(std430, binding = 8) writeonly buffer Out { float result[]; };
layout(std430, binding = 9) writeonly buffer KeyCache { float16_t keyCache[]; };
layout(std430, binding = 10) writeonly buffer ValueCache { float16_t valueCache[]; };
layout(std430, binding = 11) readonly buffer Turns { uvec2 turns[]; };

// The two rows of a unit, in the numbering of the whole product.
uvec2 rowsOf(uint unit) {
    if (kEpilogue == kGated) return uvec2(unit, p.upRow + unit);
    if (kEpilogue == kPlain) return uvec2(p.firstRow + unit * 2, p.firstRow + unit * 2 + 1);
    const uint first = unit * 2;
    if (kTurn != kTurnHalves || first >= p.rows + p.keyRows) return uvec2(first, first + 1);
    const uint head = first / p.headSize, pair = unit % (p.headSize / 2);
    if (pair * 2 >= p.rotated) return uvec2(first, first + 1);
    return uvec2(head * p.headSize + pair, head * p.headSize + pair + p.rotated / 2);
}

float halfRange(float x) {
    return clamp(x, -65504.0, 65504.0);
}

void storePlain(uint row, uint token, float value) {
    if (row >= p.endRow) return;  // the pair of the last row of an odd number
    if (kExperts == kExpertsCombined) {
        for (uint c = 0; c < kColumns && p.biases != 0; ++c) value += shares[c] * bias0[expertRow(c) + row];
    } else if (p.biases != 0) {
        value += bias0[row];
    }
    value *= p.scale;
    if (kActivate) value = activation(vec4(value)).x;
    const uint at = token * p.rows + row;
    if (p.hasResidual != 0) value += residual[at];
    result[at] = value;
}

vec2 turned(vec2 v, uint pair, uint position) {
    const vec2 turn = p.magnitude * turnAt(turns[pair], position);
    return vec2(v.x * turn.x - v.y * turn.y, v.x * turn.y + v.y * turn.x);
}

// Queries and keys turn with their position; `rows` are counted within one of the two.
vec2 placedInText(uvec2 rows, uint position, vec2 v) {
    const uint inHead = rows.x % p.headSize;
    const uint pair = kTurn == kTurnHalves ? inHead : inHead / 2;
    return kTurn != kTurnNone && pair * 2 < p.rotated ? turned(v, pair, position) : v;
}

void storeQueryKeyValue(uvec2 rows, uint token, vec2 v) {
    const uint position = stepPosition + token;
    if (rows.x < p.rows) {
        if ((p.biases & 1u) != 0) v += vec2(bias0[rows.x], bias0[rows.y]);
        v = placedInText(rows, position, v);
        result[token * p.rows + rows.x] = v.x;
        result[token * p.rows + rows.y] = v.y;
        return;
    }
    if (!kRing && position >= p.capacity) return;
    const uint at = (kRing ? position % p.capacity : position) * p.keyRows;
    if (rows.x < p.rows + p.keyRows) {
        rows -= p.rows;
        if ((p.biases & 2u) != 0) v += vec2(bias1[rows.x], bias1[rows.y]);
        v = placedInText(rows, position, v);
        keyCache[at + rows.x] = float16_t(halfRange(v.x));
        keyCache[at + rows.y] = float16_t(halfRange(v.y));
    } else {
        rows -= p.rows + p.keyRows;
        if ((p.biases & 4u) != 0) v += vec2(bias2[rows.x], bias2[rows.y]);
        valueCache[at + rows.x] = float16_t(halfRange(v.x));
        valueCache[at + rows.y] = float16_t(halfRange(v.y));
    }
}

void storeUnit(uint unit, uint token, vec2 v) {
    if (kEpilogue == kGated) {
        if ((p.biases & 1u) != 0) v.x += bias0[expertRow(0) + unit];
        if ((p.biases & 2u) != 0) v.y += bias1[expertRow(0) + unit];
        result[token * p.rows + unit] = (activation(vec4(v.x)) * gatedValue(vec4(v.y))).x;
    } else if (kEpilogue == kQueryKeyValue) {
        if (token < stepTokenCount) storeQueryKeyValue(rowsOf(unit), token, v);
    } else {
        const uvec2 rows = rowsOf(unit);
        storePlain(rows.x, token, v.x);
        storePlain(rows.y, token, v.y);
    }
}
