// The table of kernels of one instruction set: included once by each kernels_<name>.cpp, which is compiled with the
// flags of that instruction set and defines LARES_KERNELS, the namespace, before.
#pragma once

#include "inference/cpu/kernels/attention.h"
#include "inference/cpu/kernels/float_products.h"
#include "inference/cpu/kernels/row_kernels.h"

namespace lares::inference::cpu::LARES_KERNELS {

template <std::size_t kIndex>
constexpr void addProducts(Kernels& table) {
    constexpr auto kLayout = static_cast<Layout>(kIndex);
    table.exactProducts[kIndex] = &multiplyFloats<kLayout>;
    if constexpr (takesBlocks(kLayout)) {
        table.products[kIndex] = &multiply<kLayout>;
    } else {
        table.products[kIndex] = &multiplyFloats<kLayout>;
    }
    if constexpr (kIndex + 1 < kLayoutCount) addProducts<kIndex + 1>(table);
}

constexpr Kernels makeTable(const char* name) {
    Kernels table{};
    table.name = name;
    addProducts<0>(table);
    table.round = &roundToBlocks;
    table.attendF32 = &attend<float>;
    table.attendF16 = &attend<Half>;
    table.storeF32 = &storeKeysAndValues<float>;
    table.storeF16 = &storeKeysAndValues<Half>;
    table.rmsNorm = &rmsNorm;
    table.layerNorm = &layerNorm;
    table.rope = &rope;
    table.silu = &silu;
    table.geluTanh = &geluTanh;
    table.clampedSilu = &clampedSilu;
    table.siluTimes = &siluTimes;
    table.geluTanhTimes = &geluTanhTimes;
    table.clampedSiluTimes = &clampedSiluTimes;
    table.softCap = &softCap;
    table.add = &add;
    table.addScaled = &addScaled;
    return table;
}

}  // namespace lares::inference::cpu::LARES_KERNELS
