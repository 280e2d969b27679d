// How a kernel reads a group of each layout (layouts.h): the scales and minimums of eight rows, their sums of products
// with activations in blocks, and their values.
#pragma once

#include "inference/cpu/kernels/simd.h"

#if defined(__AVX2__)
#include "inference/cpu/kernels/dot_avx2.h"
#else
#include "inference/cpu/kernels/dot_plain.h"
#endif

namespace lares::inference::cpu::LARES_KERNELS {

template <Layout kLayout>
struct WeightPlane {
    static constexpr LayoutParts kParts = partsOf(kLayout);
    static constexpr Scales kScales = kParts.scales;
    static constexpr ScaleEntry kEntry = scaleEntry(kScales);
    static constexpr std::uint32_t kScaleColumns = scaleColumns(kScales);
    /// Scales in a block of 32 columns.
    static constexpr int kScalesInBlock = 32 / static_cast<int>(kScaleColumns);
    static constexpr bool kHasMinimums = kParts.less != 0 || kScales == Scales::halfMin ||
                                         kScales == Scales::super32Min || kScales == Scales::super16Min;

    const std::uint8_t* numbers;
    const std::uint8_t* scales;

    LARES_INLINE WeightPlane(const std::byte* group, std::uint32_t columns)
        : numbers(reinterpret_cast<const std::uint8_t*>(group)), scales(numbers + numberBytes(kLayout, columns)) {}

    struct ScaleAndMinimum {
        Floats scale, minimum;
    };

    /// For the `part`-th kScaleColumns columns of block `block`.
    LARES_INLINE ScaleAndMinimum scaleOf(std::uint32_t block, int part) const {
        constexpr std::uint32_t kBlocks = kEntry.columns / 32;  // in an entry
        const std::uint8_t* const entry = scales + std::size_t{block / kBlocks} * kEntry.bytes;
        const std::size_t place = (block % kBlocks) * kScalesInBlock + static_cast<std::size_t>(part);
        if constexpr (kScales == Scales::single) {
            return {load(reinterpret_cast<const float*>(entry)), Floats{}};
        } else {
            const auto half = [&](std::size_t index) {
                return load(reinterpret_cast<const std::uint16_t*>(entry + index * 16));
            };
            const auto small = [&](std::size_t offset) {
                return loadSmalls(reinterpret_cast<const std::int8_t*>(entry + offset + place * 8));
            };
            constexpr std::size_t kSmalls = kEntry.columns / kScaleColumns * 8;  // bytes of one plane of s or m
            if constexpr (kScales == Scales::halfMin) {
                return {half(0), half(1)};
            } else if constexpr (kScales == Scales::super32Min || kScales == Scales::super16Min) {
                return {half(0) * small(32), half(1) * -small(32 + kSmalls)};
            } else {
                const Floats scale = kScales == Scales::super16 ? half(0) * small(16) : half(0);
                return {scale, scale * static_cast<float>(-kParts.less)};
            }
        }
    }

    /// The sums over the `part`-th kScaleColumns columns of the block, for kCount rows of activations, each given by
    /// the first of the block's 32 bytes.
    template <int kCount>
    LARES_INLINE void dot(std::uint32_t block, int part, const std::int8_t* const (&activations)[kCount],
                          const std::int8_t* codebook, Ints (&sums)[kCount]) const {
        const std::size_t first = static_cast<std::size_t>(part) * kScaleColumns;
        if constexpr (kParts.numbers == Numbers::bytes) {
            const std::uint8_t* const at = numbers + std::size_t{block} * 256 + first * 8;
            ByteSums totals[kCount];
            LARES_KEEP_LOOP
            for (std::size_t c = 0; c < kScaleColumns; c += 4) {
                const Bytes weights = loadBytes(at + c * 8);
                LARES_UNROLL
                for (int n = 0; n < kCount; ++n) totals[n].add(weights, four(activations[n] + first + c));
            }
            LARES_UNROLL
            for (int n = 0; n < kCount; ++n) sums[n] = totals[n].total();
        } else if constexpr (kParts.numbers == Numbers::codes) {
            dotNibbles<ByteSums>(block, first, activations, sums,
                                 [&](Bytes nibbles) { return looked(nibbles, codebook); });
        } else {
            dotNibbles<NibbleSums>(block, first, activations, sums, [](Bytes nibbles) { return nibbles; });
        }
    }

    /// Values of the eight columns from `column` on (a multiple of eight): out[stride * i] and seven more are column i.
    LARES_INLINE void values(std::uint32_t column, const std::int8_t* codebook, std::size_t stride, float* out) const {
        if constexpr (kScales == Scales::none) {
            for (std::size_t c = 0; c < 8; ++c) store(floatColumn(column + c), out + stride * c);
        } else {
            const auto [scale, minimum] = scaleOf(column / 32, static_cast<int>(column % 32 / kScaleColumns));
            std::int8_t bytes[8][32 / 4];  // [column][row]
            takeApart(column, codebook, bytes);
            for (std::size_t c = 0; c < 8; ++c) {
                Floats value = loadSmalls(bytes[c]) * scale;
                if constexpr (kHasMinimums) value += minimum;
                store(value, out + stride * c);
            }
        }
    }

    /// Of float layouts.
    LARES_INLINE Floats floatColumn(std::size_t column) const {
        if constexpr (kLayout == Layout::f32) {
            return load(reinterpret_cast<const float*>(numbers) + column * 8);
        } else if constexpr (kLayout == Layout::f16) {
            return load(reinterpret_cast<const std::uint16_t*>(numbers) + column * 8);
        } else {
            return loadUpperHalves(reinterpret_cast<const std::uint16_t*>(numbers) + column * 8);
        }
    }

 private:
    template <typename Sums, int kCount, typename Meaning>
    LARES_INLINE void dotNibbles(std::uint32_t block, std::size_t first,
                                 const std::int8_t* const (&activations)[kCount], Ints (&sums)[kCount],
                                 Meaning&& meaning) const {
        const std::uint8_t* const at = numbers + std::size_t{block} * 128 + first * 4;
        Sums totals[kCount];
        LARES_KEEP_LOOP
        for (std::size_t c = 0; c < kScaleColumns; c += 8) {
            const Bytes both = loadBytes(at + c * 4);
            const Bytes low = meaning(lowNibbles(both)), high = meaning(highNibbles(both));
            LARES_UNROLL
            for (int n = 0; n < kCount; ++n) totals[n].add(low, four(activations[n] + first + c));
            LARES_UNROLL
            for (int n = 0; n < kCount; ++n) totals[n].add(high, four(activations[n] + first + c + 4));
        }
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) sums[n] = totals[n].total();
    }

    LARES_INLINE void takeApart(std::size_t column, const std::int8_t* codebook, std::int8_t (&bytes)[8][8]) const {
        for (std::size_t row = 0; row < 8; ++row) {
            for (std::size_t c = 0; c < 8; ++c) {
                if constexpr (kParts.numbers == Numbers::bytes) {
                    bytes[c][row] = static_cast<std::int8_t>(numbers[(column + c) / 4 * 32 + row * 4 + c % 4]);
                } else {
                    const unsigned nibble = numbers[column * 4 + row * 4 + c % 4] >> (c / 4 * 4) & 15;
                    bytes[c][row] =
                        kParts.numbers == Numbers::codes ? codebook[nibble] : static_cast<std::int8_t>(nibble);
                }
            }
        }
    }
};

}  // namespace lares::inference::cpu::LARES_KERNELS
