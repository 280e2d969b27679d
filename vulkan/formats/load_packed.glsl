#define LOADS_RAW
// For formats whose words have to be prepared once they have come: both in one.
Packed loadPacked(uint row, uint chunks, uint chunk, uint lane) {
    return prepare(loadRaw(row, chunks, chunk, lane), chunk);
}
