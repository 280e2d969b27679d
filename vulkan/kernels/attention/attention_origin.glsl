// Where the first part of the positions begins: no row of the batch sees what lies before.
uint attentionOrigin(bool windowed) {
    return windowed && stepPosition + 1 > p.window ? stepPosition + 1 - p.window : 0;
}
