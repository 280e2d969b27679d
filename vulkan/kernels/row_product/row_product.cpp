// See row_product.h.
#include "vulkan/kernels/row_product/row_product.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/row_product/row_product_params.h"
#include "vulkan/kernels/row_product/row_product_shape.h"
#include "vulkan/kernels/step.h"

#include <array>
#include <cassert>

namespace lares::vulkan {

namespace {

enum class Norm : std::uint32_t { none, rms, layer };                 // kNorm...
enum class Epilogue : std::uint32_t { plain, gated, queryKeyValue };  // kPlain ...
enum class Experts : std::uint32_t { none, apart, combined };         // kExperts...
constexpr std::uint32_t kTurnNone = 2;

/// What all three have in common, and what only one of them sets; bindings that are not used are the input.
struct Product {
    const RowInput& input;
    Epilogue epilogue;
    RowProductParams params{};
    ActivationType activation = ActivationType::silu;
    bool activate = false;
    std::uint32_t turn = kTurnNone;
    bool ring = false;
    Experts experts = Experts::none;
    std::uint32_t used = 0;  ///< experts
    std::optional<BufferView> biases[3]{};
    std::optional<BufferView> residual{}, keyCache{}, valueCache{}, turns{}, step{}, chosen{}, shares{};
    BufferView out{};
};

/// The shader counts on subgroups of that size.
PipelineOptions subgroupsOf(const DeviceInfo& device, std::uint32_t lanes) {
    const bool mayVary = device.limits.minSubgroupSize != device.limits.maxSubgroupSize;
    return {.subgroupSize = mayVary ? lanes : 0, .fullSubgroups = mayVary && device.features.fullSubgroups};
}

/// The product of one stretch of weights, whose first row is `params.firstRow` of the whole.
void record(CommandList& commands, Device& device, const WeightMatrix& weights, BufferView window,
            const Product& product) {
    const RowInput& input = product.input;
    assert(input.rows > 0 && input.rows <= kMaxProductRows);
    assert(input.in.size >= std::uint64_t{input.rows} * weights.columns * 4);
    assert(!input.norm || (weights.columns % 4 == 0 && input.norm->weight.size >= std::uint64_t{weights.columns} * 4));
    RowProductParams params = product.params;
    params.rowVectors = weights.format->packedRowBytes(weights.columns) / 16;
    params.columns = weights.columns;
    params.batch = input.rows;
    const Norm norm = !input.norm ? Norm::none : input.norm->centred ? Norm::layer : Norm::rms;
    const bool normBias = input.norm && input.norm->bias;
    if (input.norm) params.epsilon = input.norm->epsilon;
    for (std::uint32_t i = 0; i < 3; ++i) params.biases |= (product.biases[i] ? 1u : 0u) << i;

    const FormatShaders& shaders = kFormatShaders[weights.format->index];
    RowProductShape shape =
        rowProductShape(device.info(), weights.columns, params.unitCount, input.rows, shaders.rowProductInBytes);
    if (product.experts == Experts::combined) shape.columns = product.used;
    const std::uint32_t across = product.experts == Experts::apart ? product.used : divideUp(input.rows, shape.columns);
    const std::array constants{shape.invocations,
                               static_cast<std::uint32_t>(product.activation),
                               divideUp(weights.columns, kChunkElements),
                               shape.columns,
                               shape.units,
                               static_cast<std::uint32_t>(norm),
                               normBias ? 1u : 0u,
                               static_cast<std::uint32_t>(product.epilogue),
                               product.activate ? 1u : 0u,
                               product.turn,
                               product.ring ? 1u : 0u,
                               static_cast<std::uint32_t>(product.experts),
                               shape.lanes,
                               shape.depth};
    const Pipeline& pipeline = device.pipeline(*shaders.rowProduct, constants, subgroupsOf(device.info(), shape.lanes));
    const BufferView unused = input.in;
    const auto reading = [&](const std::optional<BufferView>& view) { return read(view.value_or(unused)); };
    commands.dispatch(
        pipeline,
        {read(window), read(input.in), read(input.norm ? input.norm->weight : unused),
         read(normBias ? *input.norm->bias : unused), reading(product.biases[0]), reading(product.biases[1]),
         reading(product.biases[2]), reading(product.residual), write(product.out),
         write(product.keyCache.value_or(product.out)), write(product.valueCache.value_or(product.out)),
         reading(product.turns), reading(product.step), reading(product.chosen), reading(product.shares)},
        params, {shape.groups, across});
}

}  // namespace

bool canMultiplyRows(const DeviceInfo& device, const Format& format, std::uint32_t columns, std::uint32_t rows) {
    const bool inBytes = kFormatShaders[format.index].rowProductInBytes;
    // In software a pipeline is seconds of compiling, which small matrices never win back.
    constexpr std::uint32_t kWorthCompiling = 512;
    if (device.type == DeviceType::software && columns < kWorthCompiling) return false;
    return device.features.integerDot && device.features.subgroupArithmetic && device.features.subgroupShuffle &&
           device.limits.minSubgroupSize >= 8 &&
           (device.features.subgroupSizeControl || device.limits.minSubgroupSize == device.limits.maxSubgroupSize) &&
           device.limits.maxBindings >= 15 &&
           rowProductSharedBytes(columns, rows, inBytes) <= device.limits.maxSharedMemoryBytes;
}

void recordRowProduct(CommandList& commands, Device& device, const WeightMatrix& weights, const RowProductArgs& args) {
    assert(args.out.size >= std::uint64_t{args.input.rows} * weights.rows * 4);
    assert(!args.bias || args.bias->size >= std::uint64_t{weights.rows} * 4);
    assert(!args.residual || args.residual->size >= std::uint64_t{args.input.rows} * weights.rows * 4);
    Product product{.input = args.input, .epilogue = Epilogue::plain};
    product.params.rows = weights.rows;
    product.params.scale = args.scale;
    product.params.hasResidual = args.residual ? 1 : 0;
    product.activate = args.activation.has_value();
    product.activation = args.activation.value_or(ActivationType::silu);
    product.biases[0] = args.bias;
    product.residual = args.residual;
    product.out = args.out;
    for (const WeightWindow& window : weights.windows) {
        product.params.unitCount = divideUp(window.rowCount, 2);
        product.params.firstRow = window.firstRow;
        product.params.endRow = window.firstRow + window.rowCount;
        record(commands, device, weights, window.buffer, product);
    }
}

void recordGatedProduct(CommandList& commands, Device& device, const WeightMatrix& weights,
                        const GatedProductArgs& args) {
    assert(weights.windows.size() == 1 && weights.rows % 2 == 0);
    const std::uint32_t rows = weights.rows / 2;
    assert(args.out.size >= std::uint64_t{args.input.rows} * rows * 4);
    Product product{.input = args.input, .epilogue = Epilogue::gated};
    product.params.rows = rows;
    product.params.unitCount = rows;
    product.params.upRow = rows;
    product.params.endRow = weights.rows;
    product.activation = args.activation;
    product.biases[0] = args.gateBias;
    product.biases[1] = args.upBias;
    product.out = args.out;
    record(commands, device, weights, weights.windows.front().buffer, product);
}

void recordQkvProduct(CommandList& commands, Device& device, std::span<const WeightMatrix> parts,
                      const QkvProductArgs& args) {
    assert(args.headSize % 2 == 0 && args.queryRows % args.headSize == 0 && args.keyRows % args.headSize == 0);
    assert(args.query.size >= std::uint64_t{args.input.rows} * args.queryRows * 4);
    assert(args.keyCache.size >= std::uint64_t{args.capacity} * args.keyRows * 2);
    assert(args.valueCache.size >= std::uint64_t{args.capacity} * args.keyRows * 2);
    assert(args.step.size >= sizeof(StepParams));
    Product product{.input = args.input, .epilogue = Epilogue::queryKeyValue};
    product.params.rows = args.queryRows;
    product.params.keyRows = args.keyRows;
    product.params.headSize = args.headSize;
    product.params.rotated = args.turns ? args.rotated : 0;
    product.params.magnitude = args.magnitude;
    product.params.capacity = args.capacity;
    product.turn = args.turns ? static_cast<std::uint32_t>(args.pairing) : kTurnNone;
    product.ring = args.ring;
    product.biases[0] = args.queryBias;
    product.biases[1] = args.keyBias;
    product.biases[2] = args.valueBias;
    product.keyCache = args.keyCache;
    product.valueCache = args.valueCache;
    product.turns = args.turns;
    product.step = args.step;
    product.out = args.query;
    std::uint32_t row = 0;
    for (const WeightMatrix& part : parts) {
        assert(part.windows.size() == 1 && part.rows % 2 == 0);
        product.params.firstRow = row;
        product.params.firstUnit = row / 2;
        product.params.unitCount = part.rows / 2;
        product.params.endRow = row + part.rows;
        record(commands, device, part, part.windows.front().buffer, product);
        row += part.rows;
    }
    assert(row == args.queryRows + 2 * args.keyRows);
}

void recordExpertGateProduct(CommandList& commands, Device& device, const WeightMatrix& weights,
                             const ExpertGateArgs& args) {
    assert(weights.windows.size() == 1 && weights.rows % (2 * args.experts.count) == 0 && args.input.rows == 1);
    const std::uint32_t rows = weights.rows / (2 * args.experts.count);
    assert(args.out.size >= std::uint64_t{args.experts.used} * rows * 4);
    Product product{.input = args.input, .epilogue = Epilogue::gated};
    product.params.rows = rows;
    product.params.upRow = weights.rows / 2;
    product.params.endRow = weights.rows;
    product.params.unitCount = rows;
    product.activation = args.activation;
    product.experts = Experts::apart;
    product.used = args.experts.used;
    product.chosen = args.experts.chosen;
    product.biases[0] = args.gateBias;
    product.biases[1] = args.upBias;
    product.out = args.out;
    record(commands, device, weights, weights.windows.front().buffer, product);
}

void recordExpertSumProduct(CommandList& commands, Device& device, const WeightMatrix& weights,
                            const ExpertSumArgs& args) {
    assert(weights.windows.size() == 1 && weights.rows % args.experts.count == 0);
    const std::uint32_t rows = weights.rows / args.experts.count;
    assert(args.out.size >= std::uint64_t{rows} * 4 && args.residual.size >= std::uint64_t{rows} * 4);
    const RowInput input{args.in, args.experts.used, {}};
    Product product{.input = input, .epilogue = Epilogue::plain};
    product.params.rows = rows;
    product.params.endRow = rows;
    product.params.unitCount = divideUp(rows, 2);
    product.params.scale = 1;
    product.params.hasResidual = 1;
    product.experts = Experts::combined;
    product.used = args.experts.used;
    product.chosen = args.experts.chosen;
    product.shares = args.shares;
    product.biases[0] = args.bias;
    product.residual = args.residual;
    product.out = args.out;
    record(commands, device, weights, weights.windows.front().buffer, product);
}

}  // namespace lares::vulkan
