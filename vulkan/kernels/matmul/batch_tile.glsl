// The tiles of an ordinary matrix product: tile i is the i-th `size` rows of activations, all rows of weights go with all
// of them. A row of a tile past the last one repeats it, and is not stored.
layout(std430, binding = 3) readonly buffer Bias { float bias[]; };
layout(std430, binding = 4) readonly buffer Residual { float residual[]; };

uint tileBegin;

// Rows of weights that go with one tile.
uint tileWeightRows() {
    return p.rowCount;
}

// False when there is nothing to do for `rows` rows of weights from `firstRow` on.
bool openTile(uint tile, uint size, uint firstRow, uint rows) {
    tileBegin = tile * size;
    return tileBegin < p.batch;
}

// Where row `row` of the weights starts, in 16-byte words.
uint weightStart(uint row) {
    return min(row, p.rowCount - 1) * p.rowVectors;
}

// The row of activations that is row `b` of the tile.
uint sourceRow(uint b) {
    return min(tileBegin + b, p.batch - 1);
}

void storeResult(uint b, uint row, float value) {
    if (row >= p.rowCount || tileBegin + b >= p.batch) return;
    const uint column = p.firstRow + row;
    if (p.hasBias != 0) value += bias[column];
    value *= p.scale;
    const uint at = (tileBegin + b) * p.outWidth + column;
    if (p.hasResidual != 0) value += residual[at];
    result[at] = value;
}
