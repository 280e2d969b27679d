#include "inference/cpu/conversions.h"

#include "vulkan/formats/block_io.h"
#include "vulkan/formats/iq2_xxs.h"
#include "vulkan/formats/iq3_s.h"
#include "vulkan/formats/iq3_xxs.h"
#include "vulkan/formats/k_scales.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <vector>

namespace lares::inference::cpu {

/// As far as a format has them.
struct Conversion::Block {
    std::array<std::uint8_t, 256> numbers;  ///< nibbles, or signed bytes
    std::uint16_t d = 0, e = 0;             ///< f16: scale and minimum, or d and e of a super block
    std::array<std::int8_t, 16> s{}, m{};
    std::array<float, 8> single{};  ///< Scales::single
};

namespace {

using vulkan::blocks::byteAt;
using vulkan::blocks::halfToFloat;
using vulkan::blocks::readU16;
using vulkan::blocks::readU32;
using Block = Conversion::Block;

std::uint8_t asByte(int number) {
    return static_cast<std::uint8_t>(number);
}

/// Sixteen bytes of nibbles: the low ones, then the high ones.
void splitNibbles(const std::byte* bytes, std::uint8_t* numbers) {
    for (std::size_t j = 0; j < 16; ++j) {
        numbers[j] = byteAt(bytes, j) & 15;
        numbers[j + 16] = static_cast<std::uint8_t>(byteAt(bytes, j) >> 4);
    }
}

/// As of Q4_K: groups of 32 in turn in the low and the high nibbles of 32 bytes.
void splitNibbleGroups(const std::byte* bytes, std::uint8_t* numbers) {
    for (std::size_t e = 0; e < 256; ++e) {
        numbers[e] = byteAt(bytes, e / 64 * 32 + e % 32) >> (e / 32 % 2 * 4) & 15;
    }
}

/// As of Q2_K: for each 128 elements, bits 0, 2, 4, 6 of 32 bytes.
void splitPairsOfBits(const std::byte* bytes, std::uint8_t* numbers) {
    for (std::size_t e = 0; e < 256; ++e) {
        numbers[e] = byteAt(bytes, e / 128 * 32 + e % 32) >> (e / 32 % 4 * 2) & 3;
    }
}

void splitScalesAndMinimums(const std::byte* block, Block& out) {
    out.d = readU16(block);
    out.e = readU16(block + 2);
    for (std::size_t group = 0; group < 8; ++group) {
        const auto [scale, minimum] = vulkan::blocks::scaleAndMinimum(block + 4, group);
        out.s[group] = static_cast<std::int8_t>(scale);
        out.m[group] = static_cast<std::int8_t>(minimum);
    }
}

void splitQ4_0(const std::byte* block, Block& out) {
    out.d = readU16(block);
    splitNibbles(block + 2, out.numbers.data());
}

void splitQ4_1(const std::byte* block, Block& out) {
    out.d = readU16(block);
    out.e = readU16(block + 2);
    splitNibbles(block + 4, out.numbers.data());
}

void addFifthBits(std::uint32_t bits, int less, std::uint8_t* numbers) {
    for (std::size_t j = 0; j < 32; ++j)
        numbers[j] = asByte(static_cast<int>(numbers[j] | (bits >> j & 1) << 4) - less);
}

void splitQ5_0(const std::byte* block, Block& out) {
    out.d = readU16(block);
    splitNibbles(block + 6, out.numbers.data());
    addFifthBits(readU32(block + 2), 16, out.numbers.data());
}

void splitQ5_1(const std::byte* block, Block& out) {
    out.d = readU16(block);
    out.e = readU16(block + 2);
    splitNibbles(block + 8, out.numbers.data());
    addFifthBits(readU32(block + 4), 0, out.numbers.data());
}

void splitQ8_0(const std::byte* block, Block& out) {
    out.d = readU16(block);
    std::memcpy(out.numbers.data(), block + 2, 32);
}

void splitQ2_K(const std::byte* block, Block& out) {
    out.d = readU16(block + 80);
    out.e = readU16(block + 82);
    splitPairsOfBits(block + 16, out.numbers.data());
    for (std::size_t group = 0; group < 16; ++group) {
        out.s[group] = static_cast<std::int8_t>(byteAt(block, group) & 15);
        out.m[group] = static_cast<std::int8_t>(byteAt(block, group) >> 4);
    }
}

void splitQ3_K(const std::byte* block, Block& out) {
    out.d = readU16(block + 108);
    splitPairsOfBits(block + 32, out.numbers.data());
    for (std::size_t e = 0; e < 256; ++e) {
        out.numbers[e] = asByte(static_cast<int>(out.numbers[e] | (byteAt(block, e % 32) >> (e / 32) & 1) << 2));
    }
    for (std::size_t g = 0; g < 16; ++g) {
        const unsigned low = byteAt(block + 96, g % 8) >> (g / 8 * 4) & 15;
        const unsigned high = byteAt(block + 96, 8 + g % 4) >> (g / 4 * 2) & 3;
        out.s[g] = static_cast<std::int8_t>(static_cast<int>(low | high << 4) - 32);
    }
}

void splitQ4_K(const std::byte* block, Block& out) {
    splitScalesAndMinimums(block, out);
    splitNibbleGroups(block + 16, out.numbers.data());
}

void splitQ5_K(const std::byte* block, Block& out) {
    splitScalesAndMinimums(block, out);
    splitNibbleGroups(block + 48, out.numbers.data());
    for (std::size_t e = 0; e < 256; ++e) {
        out.numbers[e] = asByte(static_cast<int>(out.numbers[e] | (byteAt(block, 16 + e % 32) >> (e / 32) & 1) << 4));
    }
}

void splitQ6_K(const std::byte* block, Block& out) {
    out.d = readU16(block + 208);
    for (std::size_t e = 0; e < 256; ++e) {
        const std::size_t half = e / 128, quarter = e / 32 % 4, l = e % 32;
        const unsigned low = byteAt(block, half * 64 + quarter % 2 * 32 + l) >> (quarter / 2 * 4) & 15;
        const unsigned high = byteAt(block, 128 + half * 32 + l) >> (quarter * 2) & 3;
        out.numbers[e] = asByte(static_cast<int>(low | high << 4) - 32);
    }
    std::memcpy(out.s.data(), block + 192, 16);
}

void splitIQ4_NL(const std::byte* block, Block& out) {
    out.single[0] = halfToFloat(readU16(block));
    splitNibbles(block + 2, out.numbers.data());
}

void splitIQ4_XS(const std::byte* block, Block& out) {
    const float d = halfToFloat(readU16(block));
    const unsigned topBits = readU16(block + 2);
    for (std::size_t group = 0; group < 8; ++group) {
        const unsigned low = byteAt(block, 4 + group / 2) >> (group % 2 * 4) & 15;
        const unsigned scale = low | (topBits >> (group * 2) & 3) << 4;
        out.single[group] = d * static_cast<float>(static_cast<int>(scale) - 32);
        splitNibbles(block + 8 + group * 16, out.numbers.data() + group * 32);
    }
}

void splitMXFP4(const std::byte* block, Block& out) {
    const int e = static_cast<int>(byteAt(block, 0));
    out.single[0] = e < 2 ? 0.0f : std::ldexp(1.0f, e - 128);
    splitNibbles(block + 1, out.numbers.data());
}

/// Type: IQ2_XXS or one of the IQ3 formats, whose scales are for 32 elements.
template <typename Type, std::size_t kScalesIn32>
void splitGrid(const std::byte* block, Block& out) {
    const vulkan::blocks::IqBlock expanded = Type::expand(block);
    const float d = halfToFloat(readU16(block));
    for (std::size_t g = 0; g < 8; ++g) out.single[g] = Type::factor(d, expanded.scales[g * kScalesIn32]);
    for (std::size_t e = 0; e < 256; ++e) {
        const std::uint8_t code = expanded.codes[e];
        out.numbers[e] = code < 128 ? code : static_cast<std::uint8_t>(8 + (255 - code));
    }
}

constexpr std::int8_t kIq4Codes[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
constexpr std::int8_t kMxfp4Codes[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

constexpr std::int8_t kIq2Codes[16] = {8, 25, 43, 0, 0, 0, 0, 0, -8, -25, -43};
constexpr std::int8_t kIq3XxsCodes[16] = {4, 12, 20, 28, 36, 44, 52, 62, -4, -12, -20, -28, -36, -44, -52, -62};
constexpr std::int8_t kIq3SCodes[16] = {1, 3, 5, 7, 9, 11, 13, 15, -1, -3, -5, -7, -9, -11, -13, -15};

struct Listed {
    const char* format;
    Conversion conversion;
};

constexpr Listed kConversions[] = {
    {"F32", {Layout::f32}},
    {"F16", {Layout::f16}},
    {"BF16", {Layout::bf16}},
    {"Q4_0", {Layout::nibblesHalf, nullptr, splitQ4_0}},
    {"Q4_1", {Layout::nibblesHalfMin, nullptr, splitQ4_1}},
    {"Q5_0", {Layout::bytesHalf, nullptr, splitQ5_0}},
    {"Q5_1", {Layout::bytesHalfMin, nullptr, splitQ5_1}},
    {"Q8_0", {Layout::bytesHalf, nullptr, splitQ8_0}},
    {"Q2_K", {Layout::nibblesSuper16Min, nullptr, splitQ2_K}},
    {"Q3_K", {Layout::nibblesSuper16, nullptr, splitQ3_K}},
    {"Q4_K", {Layout::nibblesSuper32Min, nullptr, splitQ4_K}},
    {"Q5_K", {Layout::bytesSuper32Min, nullptr, splitQ5_K}},
    {"Q6_K", {Layout::bytesSuper16, nullptr, splitQ6_K}},
    {"IQ2_XXS", {Layout::codesSingle, kIq2Codes, splitGrid<vulkan::blocks::IQ2_XXS, 2>}},
    {"IQ3_XXS", {Layout::codesSingle, kIq3XxsCodes, splitGrid<vulkan::blocks::IQ3_XXS, 1>}},
    {"IQ3_S", {Layout::codesSingle, kIq3SCodes, splitGrid<vulkan::blocks::IQ3_S, 1>}},
    {"IQ4_NL", {Layout::codesSingle, kIq4Codes, splitIQ4_NL}},
    {"IQ4_XS", {Layout::codesSingle, kIq4Codes, splitIQ4_XS}},
    {"MXFP4", {Layout::codesSingle, kMxfp4Codes, splitMXFP4}},
};

/// One row's numbers of 32 columns into their group.
void placeNumbers(const std::uint8_t* numbers, Numbers kind, std::uint32_t row, std::uint8_t* block) {
    if (kind == Numbers::bytes) {
        for (std::uint32_t four = 0; four < 8; ++four) std::memcpy(block + four * 32 + row * 4, numbers + four * 4, 4);
        return;
    }
    for (std::uint32_t pair = 0; pair < 4; ++pair) {
        for (std::uint32_t i = 0; i < 4; ++i) {
            const unsigned both = numbers[pair * 8 + i] | unsigned{numbers[pair * 8 + 4 + i]} << 4;
            block[pair * 32 + row * 4 + i] = static_cast<std::uint8_t>(both);
        }
    }
}

/// One row's scales of a block into an entry of the plane.
void placeScales(const Block& block, Scales kind, std::size_t single, std::uint32_t row, std::byte* entry) {
    const auto half = [&](std::uint16_t number, std::size_t plane) {
        std::memcpy(entry + plane * 16 + row * 2, &number, sizeof number);
    };
    const auto small = [&](const std::array<std::int8_t, 16>& numbers, std::size_t count, std::size_t offset) {
        for (std::size_t i = 0; i < count; ++i) entry[offset + i * 8 + row] = static_cast<std::byte>(numbers[i]);
    };
    switch (kind) {
        case Scales::none:
            return;
        case Scales::half:
            return half(block.d, 0);
        case Scales::halfMin:
            return half(block.d, 0), half(block.e, 1);
        case Scales::single:
            std::memcpy(entry + row * 4, &block.single[single], sizeof(float));
            return;
        case Scales::super32Min:
            return half(block.d, 0), half(block.e, 1), small(block.s, 8, 32), small(block.m, 8, 32 + 64);
        case Scales::super16Min:
            return half(block.d, 0), half(block.e, 1), small(block.s, 16, 32), small(block.m, 16, 32 + 128);
        case Scales::super16:
            return half(block.d, 0), small(block.s, 16, 16);
    }
}

/// The row as numbers of 2 or 4 bytes, eight rows side by side.
void placeFloatRow(const vulkan::Format& format, Numbers kind, std::uint32_t columns, const std::byte* fileRow,
                   std::uint32_t row, std::byte* group) {
    const std::size_t bytes = kind == Numbers::f32 ? 4 : 2;
    if (format.blockElements == 1) {
        for (std::size_t c = 0; c < columns; ++c)
            std::memcpy(group + (c * 8 + row) * bytes, fileRow + c * bytes, bytes);
        return;
    }
    std::vector<float> values(columns);
    format.dequantize(fileRow, values.data(), columns / format.blockElements);
    assert(kind == Numbers::f32);
    for (std::size_t c = 0; c < columns; ++c) std::memcpy(group + (c * 8 + row) * bytes, &values[c], bytes);
}

float floatAt(Numbers kind, const std::byte* group, std::size_t index) {
    if (kind == Numbers::f16) return halfToFloat(readU16(group + index * 2));
    const std::uint32_t bits =
        kind == Numbers::f32 ? readU32(group + index * 4) : std::uint32_t{readU16(group + index * 2)} << 16;
    return std::bit_cast<float>(bits);
}

int numberAt(const Conversion& conversion, const std::byte* numbers, std::uint32_t column, std::uint32_t row) {
    const auto [kind, scales, less] = partsOf(conversion.layout);
    const std::uint32_t inFour = row * 4 + column % 4;
    if (kind == Numbers::bytes) return static_cast<std::int8_t>(numbers[column / 4 * 32 + inFour]);
    const unsigned nibble = byteAt(numbers, column / 8 * 32 + inFour) >> (column / 4 % 2 * 4) & 15;
    return kind == Numbers::codes ? conversion.codebook[nibble] : static_cast<int>(nibble) - less;
}

struct ScaleAndMinimum {
    float scale, minimum;
};

ScaleAndMinimum scaleAt(Scales kind, const std::byte* plane, std::uint32_t column, std::uint32_t row) {
    const ScaleEntry layout = scaleEntry(kind);
    const std::byte* const entry = plane + std::size_t{column / layout.columns} * layout.bytes;
    const std::uint32_t place = column % layout.columns / scaleColumns(kind);
    const auto half = [&](std::size_t index) { return halfToFloat(readU16(entry + index * 16 + row * 2)); };
    const auto small = [&](std::size_t offset) {
        return static_cast<float>(static_cast<std::int8_t>(entry[offset + place * 8 + row]));
    };
    switch (kind) {
        case Scales::half:
            return {half(0), 0};
        case Scales::halfMin:
            return {half(0), half(1)};
        case Scales::single:
            return {std::bit_cast<float>(readU32(entry + row * 4)), 0};
        case Scales::super32Min:
            return {half(0) * small(32), -half(1) * small(32 + 64)};
        case Scales::super16Min:
            return {half(0) * small(32), -half(1) * small(32 + 128)};
        case Scales::super16:
            return {half(0) * small(16), 0};
        case Scales::none:
            break;
    }
    assert(false && "a layout without scales");
    return {};
}

}  // namespace

Conversion conversionFor(const vulkan::Format& format) {
    const auto listed = std::ranges::find_if(
        kConversions, [&](const Listed& one) { return std::string_view(one.format) == format.name; });
    return listed != std::end(kConversions) ? listed->conversion : Conversion{};
}

void packGroup(const Conversion& conversion, const vulkan::Format& format, std::uint32_t columns,
               const std::byte* fileRows, std::uint32_t rowCount, std::byte* group) {
    assert(rowCount >= 1 && rowCount <= kGroupRows && columns % format.blockElements == 0);
    const auto [numbers, scales, less] = partsOf(conversion.layout);
    std::memset(group, 0, groupBytes(conversion.layout, columns));
    const ScaleEntry entry = scaleEntry(scales);
    std::byte* const plane = group + numberBytes(conversion.layout, columns);
    Block block;
    for (std::uint32_t row = 0; row < rowCount; ++row) {
        const std::byte* from = fileRows + row * format.fileRowBytes(columns);
        if (!conversion.split) {
            placeFloatRow(format, numbers, columns, from, row, group);
            continue;
        }
        for (std::uint32_t column = 0; column < columns; column += format.blockElements, from += format.blockBytes) {
            conversion.split(from, block);
            for (std::uint32_t at = 0; at < format.blockElements; at += 32) {
                std::byte* const place = group + numberBytes(conversion.layout, column + at);
                placeNumbers(block.numbers.data() + at, numbers, row, reinterpret_cast<std::uint8_t*>(place));
            }
            for (std::uint32_t at = 0; at < format.blockElements; at += entry.columns) {
                placeScales(block, scales, at / 32, row, plane + (column + at) / entry.columns * entry.bytes);
            }
        }
    }
}

void unpackRow(const Conversion& conversion, const std::byte* group, std::uint32_t columns, std::uint32_t row,
               float* out) {
    const auto [numbers, scales, less] = partsOf(conversion.layout);
    if (scales == Scales::none) {
        for (std::size_t c = 0; c < columns; ++c) out[c] = floatAt(numbers, group, c * 8 + row);
        return;
    }
    const std::byte* const plane = group + numberBytes(conversion.layout, columns);
    for (std::uint32_t first = 0; first < columns; first += scaleColumns(scales)) {
        const auto [scale, minimum] = scaleAt(scales, plane, first, row);
        for (std::uint32_t c = first; c < first + scaleColumns(scales); ++c) {
            out[c] = scale * static_cast<float>(numberAt(conversion, group, c, row)) + minimum;
        }
    }
}

}  // namespace lares::inference::cpu
