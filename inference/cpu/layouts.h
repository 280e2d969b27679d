// How a matrix lies in memory to be computed with on the processor. The file formats come down to a few layouts, so
// that another format needs a conversion (conversions.cpp) and no kernel. Included by the kernels, which are compiled
// for processors that this program may not be running on: nothing but plain data in here.
//
// Eight rows stand side by side (a group), so that one load of the activations serves eight rows and no sum has to be
// collected across a register. A group is a plane of numbers, then a plane of scales; groups begin on 64 bytes.
//
// Numbers, in blocks of 32 columns (fours of columns, row r of the group):
//   nibbles  128 bytes: byte 32 p + 4 r + i holds column 8 p + i in its low half and column 8 p + 4 + i in its high one
//   bytes    256 bytes: byte 32 u + 4 r + i holds column 4 u + i, signed
//   floats   no blocks: number 8 c + r is column c
// Scales, where value = scale * number + minimum:
//   half        for 32 columns: eight f16 scales
//   halfMin     for 32 columns: eight f16 scales, eight f16 minimums
//   single      for 32 columns: eight f32 scales
//   super32Min  for 256 columns: eight f16 d, eight f16 e, 8 x 8 signed s, 8 x 8 signed m (a row of eight for 32
//               columns): scale = d * s, minimum = -e * m
//   super16Min  the same for 16 columns, 16 x 8 of each
//   super16     for 256 columns: eight f16 d, 16 x 8 signed s
#pragma once

#include <cstddef>
#include <cstdint>

namespace lares::inference::cpu {

inline constexpr std::uint32_t kGroupRows = 8;

enum class Numbers : std::uint8_t { nibbles, codes, bytes, f16, bf16, f32 };  ///< codes: nibbles that stand for bytes
enum class Scales : std::uint8_t { none, half, halfMin, single, super32Min, super16Min, super16 };

enum class Layout : std::uint8_t {
    nibblesHalf,        ///< numbers less 8
    nibblesHalfMin,     ///
    nibblesSuper32Min,  ///
    nibblesSuper16Min,  ///
    nibblesSuper16,     ///< numbers less 4
    codesSingle,        ///
    bytesHalf,          ///
    bytesHalfMin,       ///
    bytesSuper32Min,    ///
    bytesSuper16,       ///
    f16,                ///
    bf16,               ///
    f32,                ///
};
inline constexpr std::size_t kLayoutCount = 13;

struct LayoutParts {
    Numbers numbers;
    Scales scales;
    int less = 0;  ///< what is taken off a nibble before it is scaled
};

constexpr LayoutParts partsOf(Layout layout) {
    switch (layout) {
        case Layout::nibblesHalf:
            return {Numbers::nibbles, Scales::half, 8};
        case Layout::nibblesHalfMin:
            return {Numbers::nibbles, Scales::halfMin};
        case Layout::nibblesSuper32Min:
            return {Numbers::nibbles, Scales::super32Min};
        case Layout::nibblesSuper16Min:
            return {Numbers::nibbles, Scales::super16Min};
        case Layout::nibblesSuper16:
            return {Numbers::nibbles, Scales::super16, 4};
        case Layout::codesSingle:
            return {Numbers::codes, Scales::single};
        case Layout::bytesHalf:
            return {Numbers::bytes, Scales::half};
        case Layout::bytesHalfMin:
            return {Numbers::bytes, Scales::halfMin};
        case Layout::bytesSuper32Min:
            return {Numbers::bytes, Scales::super32Min};
        case Layout::bytesSuper16:
            return {Numbers::bytes, Scales::super16};
        case Layout::f16:
            return {Numbers::f16, Scales::none};
        case Layout::bf16:
            return {Numbers::bf16, Scales::none};
        case Layout::f32:
            break;
    }
    return {Numbers::f32, Scales::none};
}

/// Whether products take activations in 8-bit blocks (unless everything is to be exact).
constexpr bool takesBlocks(Layout layout) {
    return partsOf(layout).scales != Scales::none;
}

/// Columns that one scale is for.
constexpr std::uint32_t scaleColumns(Scales scales) {
    return scales == Scales::super16Min || scales == Scales::super16 ? 16 : 32;
}

/// Columns and bytes of one entry of the plane of scales.
struct ScaleEntry {
    std::uint32_t columns, bytes;
};
constexpr ScaleEntry scaleEntry(Scales scales) {
    switch (scales) {
        case Scales::none:
            break;
        case Scales::half:
            return {32, 16};
        case Scales::halfMin:
        case Scales::single:
            return {32, 32};
        case Scales::super32Min:
            return {256, 32 + 2 * 64};
        case Scales::super16Min:
            return {256, 32 + 2 * 128};
        case Scales::super16:
            return {256, 16 + 128};
    }
    return {1, 0};
}

/// Bytes of a group's plane of numbers.
constexpr std::size_t numberBytes(Layout layout, std::size_t columns) {
    switch (partsOf(layout).numbers) {
        case Numbers::nibbles:
        case Numbers::codes:
            return columns * 4;
        case Numbers::bytes:
            return columns * 8;
        case Numbers::f16:
        case Numbers::bf16:
            return columns * 16;
        case Numbers::f32:
            break;
    }
    return columns * 32;
}

constexpr std::size_t groupBytes(Layout layout, std::size_t columns) {
    const ScaleEntry entry = scaleEntry(partsOf(layout).scales);
    return (numberBytes(layout, columns) + columns / entry.columns * entry.bytes + 63) / 64 * 64;
}

constexpr std::uint32_t groupsOf(std::uint32_t rows) {
    return (rows + kGroupRows - 1) / kGroupRows;
}

}  // namespace lares::inference::cpu
