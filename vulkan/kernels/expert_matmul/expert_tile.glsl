// The tiles of a product with the matrices of experts (route.h): tile i is some pairs of the same expert, and only its
// matrix goes with them. The matrices lie one under the other; the window may hold any piece of them.
layout(std430, binding = 3) readonly buffer Order { uint order[]; };
layout(std430, binding = 4) readonly buffer Bias { float bias[]; };

uint tilePlace;  // in `order`, of the tile's first pair
uint tilePairs;
int expertRow;  // where the expert's matrix begins, counted in rows of the window

// Rows of weights that go with one tile.
uint tileWeightRows() {
    return p.outWidth;
}

// False when there is nothing to do for `rows` rows of weights from `firstRow` on.
bool openTile(uint tile, uint size, uint firstRow, uint rows) {
    tilePairs = order[tile * 3 + 2];
    if (tilePairs == 0) return false;
    tilePlace = p.pairs * 3 + order[tile * 3 + 1];
    expertRow = int(order[tile * 3] * p.outWidth) - int(p.firstRow);
    const int begin = expertRow + int(firstRow);
    return begin < int(p.rowCount) && begin + int(min(rows, p.outWidth - firstRow)) > 0;
}

// Where row `row` of the expert's matrix starts, in 16-byte words.
uint weightStart(uint row) {
    return uint(clamp(expertRow + int(row), 0, int(p.rowCount) - 1)) * p.rowVectors;
}

uint pairOf(uint b) {
    return order[tilePlace + min(b, tilePairs - 1)];
}

// The row of activations that is row `b` of the tile.
uint sourceRow(uint b) {
    return pairOf(b) / p.pairsPerRow;
}

void storeResult(uint b, uint row, float value) {
    const int windowRow = expertRow + int(row);
    if (row >= p.outWidth || windowRow < 0 || windowRow >= int(p.rowCount) || b >= tilePairs) return;
    if (p.hasBias != 0) value += bias[p.firstRow + uint(windowRow)];
    result[pairOf(b) * p.outWidth + row] = value;
}
