// See attention_test.h.
#include "tests/vulkan/kernels/attention_test.h"

#include "inference/reference/ops.h"
#include "vulkan/kernels/step.h"

#include <cmath>
#include <cstdio>
#include <cstring>

namespace lares::tests {

using namespace vulkan;
namespace reference = inference::reference;

namespace {

/// A cache whose first `count` numbers are `values` and whose rest is NaN: what was never stored.
void fillCache(GuardedBuffer& cache, CacheType type, Random& random, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (type == CacheType::f16) {
            const std::uint16_t value = random.half(10, 14);
            std::memcpy(cache.bytes().data() + i * 2, &value, 2);
        } else {
            const float value = random.uniform();
            std::memcpy(cache.bytes().data() + i * 4, &value, 4);
        }
    }
}

/// The positions 0 .. count - 1 of a cache whose ring holds the latest of them; what it no longer holds is NaN.
std::vector<double> unrolled(const std::vector<double>& cache, std::size_t width, std::size_t count) {
    const std::size_t capacity = cache.size() / width;
    std::vector<double> all(count * width, NAN);
    for (std::size_t p = count > capacity ? count - capacity : 0; p < count; ++p) {
        const auto row = cache.begin() + static_cast<std::ptrdiff_t>(p % capacity * width);
        std::copy_n(row, width, all.begin() + static_cast<std::ptrdiff_t>(p * width));
    }
    return all;
}

}  // namespace

std::vector<double> cacheNumbers(GuardedBuffer& cache, CacheType type) {
    if (type == CacheType::f32) return toDouble(cache.floats());
    const Format& half = *formatByName("F16");
    std::vector<float> values(cache.bytes().size() / 2);
    half.dequantize(cache.bytes().data(), values.data(), values.size());
    return toDouble(values);
}

std::string attentionCaseName(const AttentionCase& c) {
    char name[200];
    std::snprintf(name, sizeof name,
                  "rows=%u heads=%u/%u size=%u position=%u capacity=%u %s used=%u window=%u cap=%g%s%s%s%s", c.rows,
                  c.heads, c.headsKv, c.headSize, c.position, c.capacity, c.type == CacheType::f16 ? "f16" : "f32",
                  c.tokenCount, c.window, static_cast<double>(c.softCap), c.causal ? "" : " not causal",
                  c.sinks ? " sinks" : "", c.slopes ? " slopes" : "", c.manyParts ? " many parts" : "");
    return name;
}

std::string attentionDifference(Device& device, const AttentionCase& c, const Limits& limits) {
    Random random(c.rows * 7919 + c.heads * 31 + c.headSize + c.position);
    const std::uint32_t width = c.heads * c.headSize, kvWidth = c.headsKv * c.headSize;
    auto query = unkindActivations(random, c.rows, width);
    for (float& value : query) value = std::clamp(value, -20.0f, 20.0f);

    const std::uint64_t cacheBytes = std::uint64_t{c.capacity} * kvWidth * cacheTypeBytes(c.type);
    GuardedBuffer keys(device, cacheBytes), values(device, cacheBytes);
    const std::uint32_t end = c.position + c.tokenCount;
    const std::size_t filled = std::size_t{std::min(end, c.capacity)} * kvWidth;
    fillCache(keys, c.type, random, filled);
    fillCache(values, c.type, random, filled);

    std::vector<float> sinks, slopes;
    for (std::uint32_t head = 0; head < c.heads; ++head) {  // from below all scores to above them
        sinks.push_back(20 * random.uniform());
        slopes.push_back(std::exp2(-0.5f * static_cast<float>(head + 1)));
    }
    reference::AttentionShape shape{
        c.heads, c.headsKv, c.headSize, 1.0 / std::sqrt(c.headSize), c.window, static_cast<double>(c.softCap),
        c.causal};
    if (c.sinks) shape.sinks = sinks;
    if (c.slopes) shape.slopes = slopes;
    const std::span<const float> used(query.data(), std::size_t{c.tokenCount} * width);
    std::vector<double> expected(used.size());
    reference::attention(toDouble(used), unrolled(cacheNumbers(keys, c.type), kvWidth, end),
                         unrolled(cacheNumbers(values, c.type), kvWidth, end), shape, c.position, expected);

    const AttentionShape deviceShape{c.rows, c.heads, c.headsKv, c.headSize, c.capacity, c.window};
    GuardedBuffer queryBuffer(device, query), out(device, std::uint64_t{c.rows} * width * 4);
    AttentionScratch scratch(device, deviceShape);
    GuardedBuffer sinkBuffer(device, sinks), slopeBuffer(device, slopes);
    const std::vector<std::uint32_t> step{c.position, c.tokenCount};
    GuardedBuffer stepBuffer(device, step);
    AttentionArgs args{.query = queryBuffer.view(),
                       .keyCache = keys.view(),
                       .valueCache = values.view(),
                       .out = out.view(),
                       .scratch = scratch.view(),
                       .step = stepBuffer.view(),
                       .shape = deviceShape,
                       .scale = static_cast<float>(shape.scale),
                       .cacheType = c.type,
                       .softCap = c.softCap,
                       .causal = c.causal,
                       .sinks = {},
                       .slopes = {},
                       .kernel = c.kernel,
                       .manyParts = c.manyParts};
    if (c.sinks) args.sinks = sinkBuffer.view();
    if (c.slopes) args.slopes = slopeBuffer.view();
    runOnce(device, [&](CommandList& commands) { recordAttention(commands, device, args); });
    const auto actual = out.floats();
    const std::string wrong = difference(expected, std::span(actual).first(expected.size()), c.headSize, limits);
    if (!wrong.empty()) return wrong;
    const auto untouched = std::span(actual).subspan(expected.size());
    if (!std::ranges::all_of(untouched, [](float value) { return std::isnan(value); }))
        return "rows not in use written";
    if (!scratch.intact()) return "counters left behind, or scratch too small";
    const bool intact = queryBuffer.guardsIntact() && keys.guardsIntact() && values.guardsIntact() &&
                        out.guardsIntact() && stepBuffer.guardsIntact();
    return intact ? "" : "a guard was written to";
}

}  // namespace lares::tests
