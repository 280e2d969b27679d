// See matmul.h.
#include "vulkan/kernels/matmul/matmul.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul_params.h"

#include <algorithm>
#include <cassert>

namespace lares::vulkan {

namespace {

constexpr std::uint32_t kTile = 64;  // of matmul.glsl

std::uint32_t widthKind(std::uint32_t columns) {
    if (columns % kChunkElements == 0) return 0;
    return columns % 4 == 0 ? 1 : 2;
}

/// One subgroup on software devices; elsewhere up to four, where the row is long enough to keep them busy.
std::uint32_t matvecSize(const DeviceInfo& device, std::uint32_t chunks) {
    const std::uint32_t subgroup = std::clamp(device.limits.subgroupSize, 4u, 128u);
    if (device.type == DeviceType::software) return subgroup;
    return std::clamp(divideUp(chunks * 4, subgroup) * subgroup, subgroup, std::max(128u, subgroup));
}

}  // namespace

void recordMatmul(CommandList& commands, Device& device, const WeightMatrix& weights, const MatmulArgs& args) {
    const std::uint64_t outBytes = std::uint64_t{args.rows} * weights.rows * 4;
    assert(args.rows > 0 && args.in.size >= std::uint64_t{args.rows} * weights.columns * 4);
    assert(args.out.size >= outBytes);
    assert(!args.bias || args.bias->size >= std::uint64_t{weights.rows} * 4);
    assert(!args.residual || args.residual->size >= outBytes);

    const std::uint32_t chunks = divideUp(weights.columns, kChunkElements);
    const std::uint32_t kind = widthKind(weights.columns);
    const std::uint32_t hasBias = args.bias ? 1 : 0, hasResidual = args.residual ? 1 : 0;
    const FormatShaders& shaders = kFormatShaders[weights.format->index];

    const bool few = args.rows <= kMatvecRows;
    const std::uint32_t weightRows = args.rows <= 4 ? 4 : 2;  // per workgroup: at most 16 sums per lane
    const Pipeline& pipeline =
        few ? device.pipeline(*shaders.matvec,
                              {{matvecSize(device.info(), chunks), kind, hasBias, hasResidual, weightRows, args.rows}})
            : device.pipeline(*shaders.matmul, {{0, kind, hasBias, hasResidual}});

    for (const WeightWindow& window : weights.windows) {
        const MatmulParams params{
            window.firstRow, window.rowCount, weights.format->packedRowBytes(weights.columns) / 16,
            chunks,          weights.columns, weights.rows,
            args.rows};
        const std::uint32_t groups =
            few ? divideUp(window.rowCount, weightRows) : divideUp(window.rowCount, kTile) * divideUp(args.rows, kTile);
        commands.dispatch(pipeline,
                          {read(window.buffer), read(args.in), write(args.out), read(args.bias.value_or(args.in)),
                           read(args.residual.value_or(args.in))},
                          params, linearGroups(groups));
    }
}

}  // namespace lares::vulkan
