// Which positions the rows of a batch see.

// The end of what a row sees. A ring has room for every position; any other cache ends at its capacity.
uint attentionLimit(bool causal, bool windowed, uint row) {
    const uint limit = stepPosition + (causal ? row + 1 : stepTokenCount);
    return windowed ? limit : min(limit, p.capacity);
}

// Where the first part of the positions begins: no row of the batch sees what lies before.
uint attentionOrigin(bool windowed) {
    return windowed && stepPosition + 1 > p.window ? stepPosition + 1 - p.window : 0;
}
