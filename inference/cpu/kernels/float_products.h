// Products in f32: of weights that are floats, and of all others where nothing is to be rounded. Some columns of two
// groups of weights become a panel of f32 in the first level cache, which then meets all rows of activations, six at a
// time: twelve sums in registers. One row of activations alone meets the weights as they come from memory, in four sums
// that do not wait for each other. A few rows are summed up in the same order, so that a token's numbers are the same
// in every bit whether it is computed alone or with guesses at what follows it.
#pragma once

#include "inference/cpu/kernels/products.h"

namespace lares::inference::cpu::LARES_KERNELS {

inline constexpr std::uint32_t kPanelColumns = 256;
inline constexpr std::uint32_t kPanelRows = 2 * kGroupRows;
inline constexpr std::uint32_t kTileRows = 6;
inline constexpr std::uint32_t kMostPanelUses = 11 * kTileRows;  ///< rows of activations whose sums are kept beside it
inline constexpr std::uint32_t kFewRows = 8;                     ///< summed up as one row alone is
inline constexpr std::uint32_t kRowSums = 4;                     ///< of one row and one group: column c goes to c mod 4

/// Adds to sums [kCount][kPanelRows] the products of every `stride`th of `count` columns of the panel with kCount rows.
template <int kCount>
LARES_INLINE void addPanel(const float* panel, std::uint32_t count, std::uint32_t stride, const float* const* in,
                           float* sums) {
    Floats low[kCount], high[kCount];
    LARES_UNROLL
    for (int n = 0; n < kCount; ++n) {
        low[n] = load(sums + static_cast<std::uint32_t>(n) * kPanelRows);
        high[n] = load(sums + static_cast<std::uint32_t>(n) * kPanelRows + kGroupRows);
    }
    for (std::uint32_t c = 0; c < count; c += stride) {
        const Floats first = load(panel + c * kPanelRows), second = load(panel + c * kPanelRows + kGroupRows);
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) {
            const Floats activation = splat(in[n][c]);
            low[n] += first * activation;
            high[n] += second * activation;
        }
    }
    LARES_UNROLL
    for (int n = 0; n < kCount; ++n) {
        store(low[n], sums + static_cast<std::uint32_t>(n) * kPanelRows);
        store(high[n], sums + static_cast<std::uint32_t>(n) * kPanelRows + kGroupRows);
    }
}

LARES_OWN_FUNCTION void addPanelRows(const float* panel, std::uint32_t count, std::uint32_t stride,
                                     const float* const* in, std::uint32_t rows, float* sums) {
    switch (rows) {
        case 6:
            return addPanel<6>(panel, count, stride, in, sums);
        case 5:
            return addPanel<5>(panel, count, stride, in, sums);
        case 4:
            return addPanel<4>(panel, count, stride, in, sums);
        case 3:
            return addPanel<3>(panel, count, stride, in, sums);
        case 2:
            return addPanel<2>(panel, count, stride, in, sums);
        default:
            return addPanel<1>(panel, count, stride, in, sums);
    }
}

/// Columns [first, first + count) of one group, at panel[kPanelRows * i]; behind the last column the panel may be
/// written up to a multiple of eight.
template <Layout kLayout>
LARES_INLINE void fillPanel(const ProductArgs& args, std::uint32_t group, std::uint32_t first, std::uint32_t count,
                            float* panel) {
    const WeightPlane<kLayout> plane(args.weights + group * args.groupBytes, args.columns);
    if constexpr (takesBlocks(kLayout)) {
        for (std::uint32_t c = 0; c < count; c += 8) {
            plane.values(first + c, args.codebook, kPanelRows, panel + c * kPanelRows);
        }
    } else {
        for (std::uint32_t c = 0; c < count; ++c) store(plane.floatColumn(first + c), panel + c * kPanelRows);
    }
}

template <Layout kLayout>
void multiplyPanels(const ProductArgs& args, std::uint32_t group, std::uint32_t groups, std::uint32_t firstRow,
                    std::uint32_t rows) {
    alignas(64) float panel[kPanelColumns * kPanelRows];
    alignas(64) float sums[kMostPanelUses * kPanelRows];
    const float* in[kMostPanelUses];
    for (std::uint32_t t = 0; t < rows; ++t) in[t] = args.in + inRow(args, firstRow + t) * args.columns;
    std::memset(sums, 0, sizeof(float) * rows * kPanelRows);
    if (groups == 1) std::memset(panel, 0, sizeof panel);
    for (std::uint32_t first = 0; first < args.columns; first += kPanelColumns) {
        const std::uint32_t rest = args.columns - first, count = rest < kPanelColumns ? rest : kPanelColumns;
        for (std::uint32_t g = 0; g < groups; ++g) {
            fillPanel<kLayout>(args, group + g, first, count, panel + g * kGroupRows);
        }
        for (std::uint32_t t = 0; t < rows; t += kTileRows) {
            const std::uint32_t tile = rows - t < kTileRows ? rows - t : kTileRows;
            addPanelRows(panel, count, 1, in + t, tile, sums + t * kPanelRows);
            for (std::uint32_t i = 0; i < tile; ++i) in[t + i] += count;
        }
    }
    for (std::uint32_t t = 0; t < rows; ++t) {
        for (std::uint32_t g = 0; g < groups; ++g) {
            storeSums(args, group + g, firstRow + t, load(sums + t * kPanelRows + g * kGroupRows));
        }
    }
}

/// The same for at most kFewRows rows and weights that are floats, with the sums of multiplyRow.
template <Layout kLayout>
void multiplyFewRows(const ProductArgs& args, std::uint32_t group, std::uint32_t groups) {
    alignas(64) float panel[kPanelColumns * kPanelRows];
    alignas(64) float sums[kRowSums][kFewRows * kPanelRows]{};
    const std::uint32_t whole = args.columns / kRowSums * kRowSums;
    if (groups == 1) std::memset(panel, 0, sizeof panel);
    for (std::uint32_t first = 0; first < args.columns; first += kPanelColumns) {
        const std::uint32_t rest = args.columns - first, count = rest < kPanelColumns ? rest : kPanelColumns;
        for (std::uint32_t g = 0; g < groups; ++g) {
            fillPanel<kLayout>(args, group + g, first, count, panel + g * kGroupRows);
        }
        const std::uint32_t inFours =
            first + count <= whole ? count : whole - first;  // those behind go to the first sum
        for (std::uint32_t t = 0; t < args.count; t += kTileRows) {
            const std::uint32_t tile = args.count - t < kTileRows ? args.count - t : kTileRows;
            const auto add = [&](std::uint32_t column, std::uint32_t end, std::uint32_t stride, float* to) {
                const float* in[kTileRows];
                for (std::uint32_t i = 0; i < tile; ++i) {
                    in[i] = args.in + inRow(args, t + i) * args.columns + first + column;
                }
                if (column < end) {
                    addPanelRows(panel + column * kPanelRows, end - column, stride, in, tile, to + t * kPanelRows);
                }
            };
            for (std::uint32_t i = 0; i < kRowSums; ++i) add(i, inFours, kRowSums, sums[i]);
            add(inFours, count, 1, sums[0]);
        }
    }
    for (std::uint32_t t = 0; t < args.count; ++t) {
        for (std::uint32_t g = 0; g < groups; ++g) {
            const std::uint32_t at = t * kPanelRows + g * kGroupRows;
            storeSums(args, group + g, t,
                      (load(sums[0] + at) + load(sums[1] + at)) + (load(sums[2] + at) + load(sums[3] + at)));
        }
    }
}

/// One row of activations with weights that are floats.
template <Layout kLayout>
LARES_INLINE void multiplyRow(const ProductArgs& args, std::uint32_t group) {
    const WeightPlane<kLayout> plane(args.weights + group * args.groupBytes, args.columns);
    const float* const in = args.in + inRow(args, 0) * args.columns;
    Floats sums[kRowSums]{};
    std::uint32_t c = 0;
    for (; c + kRowSums <= args.columns; c += kRowSums) {
        for (std::uint32_t i = 0; i < kRowSums; ++i) sums[i] += plane.floatColumn(c + i) * in[c + i];
    }
    for (; c < args.columns; ++c) sums[0] += plane.floatColumn(c) * in[c];
    storeSums(args, group, 0, (sums[0] + sums[1]) + (sums[2] + sums[3]));
}

template <Layout kLayout>
void multiplyFloats(const ProductArgs& args, std::uint32_t firstGroup, std::uint32_t endGroup) {
    if constexpr (!takesBlocks(kLayout)) {
        if (args.count == 1) {
            for (std::uint32_t group = firstGroup; group < endGroup; ++group) multiplyRow<kLayout>(args, group);
            return;
        }
        if (args.count <= kFewRows) {
            for (std::uint32_t group = firstGroup; group < endGroup; group += 2) {
                multiplyFewRows<kLayout>(args, group, endGroup - group < 2 ? 1 : 2);
            }
            return;
        }
    }
    for (std::uint32_t group = firstGroup; group < endGroup; group += 2) {
        const std::uint32_t groups = endGroup - group < 2 ? 1 : 2;
        for (std::uint32_t t = 0; t < args.count; t += kMostPanelUses) {
            const std::uint32_t rest = args.count - t;
            multiplyPanels<kLayout>(args, group, groups, t, rest < kMostPanelUses ? rest : kMostPanelUses);
        }
    }
}

}  // namespace lares::inference::cpu::LARES_KERNELS
