// Products of weights and activations. With activations in blocks of bytes a tile is one group of weights and up to
// four rows of activations: the weights are unpacked once for all of them, and sums of a block of 32 are whole numbers.
#pragma once

#include "inference/cpu/kernels/weight_plane.h"

namespace lares::inference::cpu::LARES_KERNELS {

LARES_INLINE std::size_t inRow(const ProductArgs& args, std::uint32_t t) {
    return args.pairs ? args.pairs[t] / args.inDivisor : t;
}

LARES_INLINE std::size_t outRow(const ProductArgs& args, std::uint32_t t) {
    return args.pairs ? args.pairs[t] : t;
}

/// Finishes and stores eight sums of row t, or as many of them as there are rows of weights.
LARES_OWN_FUNCTION void storeSums(const ProductArgs& args, std::uint32_t group, std::uint32_t t, Floats sums) {
    const std::uint32_t first = group * kGroupRows;
    const std::size_t at = outRow(args, t) * args.rows + first;
    if (first + kGroupRows <= args.rows) {
        if (args.bias) sums += load(args.bias + first);
        sums *= args.scale;
        if (args.residual) sums += load(args.residual + at);
        store(sums, args.out + at);
        return;
    }
    for (std::uint32_t i = 0; first + i < args.rows; ++i) {
        const float sum = (sums[i] + (args.bias ? args.bias[first + i] : 0.0f)) * args.scale;
        args.out[at + i] = args.residual ? sum + args.residual[at + i] : sum;
    }
}

template <Layout kLayout, int kCount>
LARES_INLINE void multiplyTile(const ProductArgs& args, std::uint32_t group, std::uint32_t t) {
    using Plane = WeightPlane<kLayout>;
    const Plane plane(args.weights + group * args.groupBytes, args.columns);
    const std::int8_t* activations[kCount];
    const ActivationBlock* blocks[kCount];
    Floats sums[kCount];
    LARES_UNROLL
    for (int n = 0; n < kCount; ++n) {
        const std::size_t row = inRow(args, t + static_cast<std::uint32_t>(n));
        activations[n] = args.numbers + row * args.columns;
        blocks[n] = args.blocks + row * (args.columns / 32);
        sums[n] = Floats{};
    }
    for (std::uint32_t block = 0; block < args.columns / 32; ++block) {
        LARES_UNROLL
        for (int part = 0; part < Plane::kScalesInBlock; ++part) {
            const auto [scale, minimum] = plane.scaleOf(block, part);
            Ints dots[kCount];
            plane.template dot<kCount>(block, part, activations, args.codebook, dots);
            LARES_UNROLL
            for (int n = 0; n < kCount; ++n) {
                const ActivationBlock& own = blocks[n][block];
                sums[n] += toFloats(dots[n]) * (scale * own.scale);
                if constexpr (Plane::kHasMinimums) {
                    sums[n] += minimum * (Plane::kScalesInBlock == 1 ? own.sum : own.halfSums[part]);
                }
            }
        }
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) activations[n] += 32;
    }
    LARES_UNROLL
    for (int n = 0; n < kCount; ++n) storeSums(args, group, t + static_cast<std::uint32_t>(n), sums[n]);
}

template <Layout kLayout>
void multiply(const ProductArgs& args, std::uint32_t firstGroup, std::uint32_t endGroup) {
    for (std::uint32_t group = firstGroup; group < endGroup; ++group) {
        std::uint32_t t = 0;
        for (; t + 4 <= args.count; t += 4) multiplyTile<kLayout, 4>(args, group, t);
        switch (args.count - t) {
            case 3:
                multiplyTile<kLayout, 3>(args, group, t);
                break;
            case 2:
                multiplyTile<kLayout, 2>(args, group, t);
                break;
            case 1:
                multiplyTile<kLayout, 1>(args, group, t);
                break;
            default:
                break;
        }
    }
}

}  // namespace lares::inference::cpu::LARES_KERNELS
