#include "inference/program/vulkan_recorder.h"

#include "vulkan/kernels/activate/activate.h"
#include "vulkan/kernels/add/add.h"
#include "vulkan/kernels/add_positions/add_positions.h"
#include "vulkan/kernels/attention/attention.h"
#include "vulkan/kernels/combine_experts/combine_experts.h"
#include "vulkan/kernels/embed/embed.h"
#include "vulkan/kernels/expert_matmul/expert_matmul.h"
#include "vulkan/kernels/gated/gated.h"
#include "vulkan/kernels/gather_rows/gather_rows.h"
#include "vulkan/kernels/layer_norm/layer_norm.h"
#include "vulkan/kernels/matmul/matmul.h"
#include "vulkan/kernels/rms_norm/rms_norm.h"
#include "vulkan/kernels/rope/rope.h"
#include "vulkan/kernels/route/route.h"
#include "vulkan/kernels/row_product/row_product.h"
#include "vulkan/kernels/soft_cap/soft_cap.h"
#include "vulkan/kernels/store_kv/store_kv.h"
#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <cassert>

namespace lares::inference {

namespace {

using vulkan::BufferView;

vulkan::RopePairing pairing(RopePairs pairs) {
    return pairs == RopePairs::adjacent ? vulkan::RopePairing::adjacent : vulkan::RopePairing::halves;
}

vulkan::ActivationType activationType(Activation activation) {
    switch (activation) {
        case Activation::silu:
            return vulkan::ActivationType::silu;
        case Activation::geluTanh:
            return vulkan::ActivationType::geluTanh;
        case Activation::clampedSilu:
            return vulkan::ActivationType::clampedSilu;
    }
    assert(false && "an activation without a kernel");
    return {};
}

vulkan::ExpertGating expertGating(Gating gating) {
    switch (gating) {
        case Gating::softmax:
            return vulkan::ExpertGating::softmax;
        case Gating::sigmoid:
            return vulkan::ExpertGating::sigmoid;
        case Gating::sparseMixer:
            return vulkan::ExpertGating::sparseMixer;
    }
    assert(false && "a gating without a kernel");
    return {};
}

vulkan::AttentionShape attentionShape(const Attention& op, const Program& program, const CacheShape& cache) {
    return {program.values[op.query].rows, op.headCount, op.headCountKv, op.headSize,
            cache.capacity(op.window),     op.window};
}

BufferView scratchView(const FusedProgram& fused, const VulkanMemory& memory, ValueId id) {
    const Value& value = fused.values[id];
    return memory.scratch.sub(value.scratchOffset * sizeof(float), value.size() * sizeof(float));
}

std::uint64_t multiplyAdds(const Operation& operation, const Program& program, const CacheShape& cache);

std::uint64_t multiplyAdds(const FusedStep& step, const Program& program, const CacheShape& cache) {
    const auto of = [&](const Operation& operation) { return multiplyAdds(operation, program, cache); };
    if (const auto* op = std::get_if<FusedMatmul>(&step)) return of(op->matmul);
    if (const auto* op = std::get_if<FusedGate>(&step)) return of(op->gate) + of(op->up);
    if (const auto* op = std::get_if<FusedQkv>(&step)) return of(op->query) + of(op->key) + of(op->value);
    if (const auto* op = std::get_if<FusedExpertGate>(&step)) return of(op->gate) + of(op->up);
    if (const auto* op = std::get_if<FusedExpertSum>(&step)) return of(op->matmul);
    return of(std::get<Operation>(step));
}

/// What an operation costs; only matrices and attention count. Attention as if the cache were full.
std::uint64_t multiplyAdds(const Operation& operation, const Program& program, const CacheShape& cache) {
    if (const auto* op = std::get_if<Matmul>(&operation)) {
        return program.values[op->in].size() * program.values[op->out].width;
    }
    if (const auto* op = std::get_if<ExpertMatmul>(&operation)) {
        return program.values[op->out].size() * program.values[op->in].width;
    }
    if (const auto* op = std::get_if<Attention>(&operation)) {
        return 2 * program.values[op->query].size() * cache.capacity(op->window);
    }
    return 0;
}

/// Records one operation after the other; each overload is one kind.
class Recorder {
 public:
    Recorder(vulkan::CommandList& commands, vulkan::Device& device, const Program& program, const FusedProgram& fused,
             const VulkanMemory& memory)
        : m_commands(commands), m_device(device), m_program(program), m_fused(fused), m_memory(memory) {}

    void operator()(const Operation& operation) { std::visit(*this, operation); }

    void operator()(const Embed& op) {
        const auto section = m_commands.section("embed");
        recordEmbed(m_commands, m_device, m_memory.weights.matrix(op.table),
                    {m_memory.tokens, view(op.out), m_program.tokenCount, op.scale});
    }
    void operator()(const AddPositions& op) {
        const auto section = m_commands.section("positions");
        const BufferView table = m_memory.weights.vector(op.table);
        const auto positions = static_cast<std::uint32_t>(table.size / sizeof(float) / width(op.values));
        recordAddPositions(m_commands, m_device,
                           {view(op.values), table, m_memory.step, rows(op.values), width(op.values), positions});
    }
    void operator()(const AddRow& op) {
        const auto section = m_commands.section("positions");
        recordAddPositions(m_commands, m_device,
                           {view(op.values), m_memory.weights.vector(op.row), m_memory.step, rows(op.values),
                            width(op.values), 1, true});
    }
    void operator()(const RmsNorm& op) {
        const auto section = m_commands.section("norm");
        recordRmsNorm(m_commands, m_device,
                      {view(op.in), m_memory.weights.vector(op.weight), view(op.out), rows(op.in) * op.segments,
                       width(op.in) / op.segments, op.epsilon});
    }
    void operator()(const LayerNorm& op) {
        const auto section = m_commands.section("norm");
        vulkan::LayerNormArgs args{view(op.in), m_memory.weights.vector(op.weight), {}, view(op.out)};
        if (op.bias != kNoWeight) args.bias = m_memory.weights.vector(op.bias);
        args.rows = rows(op.in) * op.segments;
        args.width = width(op.in) / op.segments;
        args.weightRows = op.ownWeights ? op.segments : 1;
        args.epsilon = op.epsilon;
        recordLayerNorm(m_commands, m_device, args);
    }
    void operator()(const Matmul& op) {
        const auto section = m_commands.section("matmul");
        vulkan::MatmulArgs args{view(op.in), view(op.out), {}, {}, rows(op.in), op.scale};
        if (op.bias != kNoWeight) args.bias = m_memory.weights.vector(op.bias);
        if (op.residual != kNoValue) args.residual = view(op.residual);
        args.exact = m_memory.cacheType == vulkan::CacheType::f32;
        recordMatmul(m_commands, m_device, m_memory.weights.matrix(op.weight), args);
    }
    void operator()(const Rope& op) {
        const auto section = m_commands.section("rope");
        recordRope(m_commands, m_device,
                   {view(op.heads), m_memory.ropeTables.table(op.shape), m_memory.step, rows(op.heads), op.headCount,
                    op.headSize, op.shape.rotated, pairing(op.shape.pairs), op.shape.magnitude});
    }
    void operator()(const StoreKv& op) {
        const auto section = m_commands.section("store");
        const VulkanLayerCache& cache = m_memory.caches.at(op.layer);
        recordStoreKv(m_commands, m_device,
                      {view(op.keys), view(op.values), cache.keys, cache.values, m_memory.step, rows(op.keys),
                       width(op.keys), m_memory.cacheShape.capacity(op.window), m_memory.cacheType, op.window > 0});
    }
    void operator()(const Attention& op) {
        const auto section = m_commands.section("attention");
        const VulkanLayerCache& cache = m_memory.caches.at(op.layer);
        vulkan::AttentionArgs args{view(op.query),
                                   cache.keys,
                                   cache.values,
                                   view(op.out),
                                   m_memory.attentionScratch,
                                   m_memory.step,
                                   attentionShape(op, m_program, m_memory.cacheShape),
                                   op.scale,
                                   m_memory.cacheType,
                                   op.softCap,
                                   op.causal};
        if (op.sinks != kNoWeight) args.sinks = m_memory.weights.vector(op.sinks);
        if (op.slopes != kNoWeight) args.slopes = m_memory.weights.vector(op.slopes);
        args.exact = m_memory.cacheType == vulkan::CacheType::f32;
        recordAttention(m_commands, m_device, args);
    }
    void operator()(const Gated& op) {
        const auto section = m_commands.section("gated");
        recordGated(m_commands, m_device,
                    {view(op.gate), view(op.up), view(op.out), count(op.out), activationType(op.activation)});
    }
    void operator()(const Activate& op) {
        const auto section = m_commands.section("activation");
        recordActivate(m_commands, m_device, {view(op.in), view(op.out), count(op.out), activationType(op.activation)});
    }
    void operator()(const SoftCap& op) {
        const auto section = m_commands.section("soft cap");
        recordSoftCap(m_commands, m_device, {view(op.in), view(op.out), count(op.out), op.cap});
    }
    void operator()(const Route& op) {
        const auto section = m_commands.section("route");
        recordRoute(m_commands, m_device,
                    {view(op.scores), view(op.experts), view(op.weights), view(op.order),
                     tiles(op.experts, width(op.scores)), expertGating(op.gating), op.renormalise, op.scale});
    }
    void operator()(const ExpertMatmul& op) {
        const auto section = m_commands.section("experts");
        vulkan::ExpertMatmulArgs args{view(op.in), view(op.order), view(op.out), tiles(op.experts, op.expertCount),
                                      rows(op.in) != rows(op.experts)};
        if (op.bias != kNoWeight) args.bias = m_memory.weights.vector(op.bias);
        args.exact = m_memory.cacheType == vulkan::CacheType::f32;
        recordExpertMatmul(m_commands, m_device, m_memory.weights.matrix(op.weight), args);
    }
    void operator()(const CombineExperts& op) {
        const auto section = m_commands.section("combine");
        recordCombineExperts(m_commands, m_device,
                             {view(op.in), view(op.weights), view(op.residual), view(op.out), rows(op.out),
                              width(op.out), width(op.weights)});
    }
    void operator()(const Add& op) {
        const auto section = m_commands.section("add");
        recordAdd(m_commands, m_device, {view(op.left), view(op.right), view(op.out), count(op.out)});
    }
    void operator()(const GatherRows& op) {
        const auto section = m_commands.section("gather");
        recordGatherRows(m_commands, m_device,
                         {view(op.in), m_memory.outputIndices, view(op.out), rows(op.in), rows(op.out), width(op.in)});
    }
    void operator()(const FusedMatmul& op) {
        const auto section = m_commands.section("matmul");
        vulkan::RowProductArgs args{input(op.input), view(op.matmul.out), {}, {}, op.matmul.scale, {}};
        args.bias = vectorOf(op.matmul.bias);
        if (op.matmul.residual != kNoValue) args.residual = view(op.matmul.residual);
        if (op.activation) args.activation = activationType(*op.activation);
        recordRowProduct(m_commands, m_device, m_memory.weights.matrix(op.matmul.weight), args);
    }
    void operator()(const FusedGate& op) {
        const auto section = m_commands.section("gate and up");
        const auto weights = vulkan::joined(matrix(op.gate), matrix(op.up));
        assert(weights);
        recordGatedProduct(m_commands, m_device, *weights,
                           {input(op.input), view(op.gated.out), vectorOf(op.gate.bias), vectorOf(op.up.bias),
                            activationType(op.gated.activation)});
    }
    void operator()(const FusedQkv& op) {
        const auto section = m_commands.section("queries, keys and values");
        std::vector<vulkan::WeightMatrix> parts{matrix(op.query)};
        for (const Matmul* const next : {&op.key, &op.value}) {
            if (auto both = vulkan::joined(parts.back(), matrix(*next))) {
                parts.back() = *std::move(both);
            } else {
                parts.push_back(matrix(*next));
            }
        }
        const VulkanLayerCache& cache = m_memory.caches.at(op.store.layer);
        vulkan::QkvProductArgs args{input(op.input), view(op.query.out), cache.keys, cache.values, m_memory.step};
        args.queryBias = vectorOf(op.query.bias);
        args.keyBias = vectorOf(op.key.bias);
        args.valueBias = vectorOf(op.value.bias);
        args.queryRows = width(op.query.out);
        args.keyRows = width(op.store.keys);
        args.capacity = m_memory.cacheShape.capacity(op.store.window);
        args.ring = op.store.window > 0;
        args.headSize = 2;  // with nothing that turns a head is any pair
        if (op.rope) {
            args.headSize = op.rope->headSize;
            args.turns = m_memory.ropeTables.table(op.rope->shape);
            args.rotated = op.rope->shape.rotated;
            args.pairing = pairing(op.rope->shape.pairs);
            args.magnitude = op.rope->shape.magnitude;
        }
        recordQkvProduct(m_commands, m_device, parts, args);
    }
    void operator()(const FusedExpertGate& op) {
        const auto section = m_commands.section("experts");
        const auto weights =
            vulkan::joined(m_memory.weights.matrix(op.gate.weight), m_memory.weights.matrix(op.up.weight));
        assert(weights);
        recordExpertGateProduct(m_commands, m_device, *weights,
                                {input(op.input), tokenExperts(op.gate), view(op.gated.out), vectorOf(op.gate.bias),
                                 vectorOf(op.up.bias), activationType(op.gated.activation)});
    }
    void operator()(const FusedExpertSum& op) {
        const auto section = m_commands.section("experts");
        recordExpertSumProduct(m_commands, m_device, m_memory.weights.matrix(op.matmul.weight),
                               {view(op.matmul.in), tokenExperts(op.matmul), view(op.combine.weights),
                                view(op.combine.residual), view(op.combine.out), vectorOf(op.matmul.bias)});
    }

 private:
    vulkan::TokenExperts tokenExperts(const ExpertMatmul& op) const {
        return {view(op.experts), width(op.experts), op.expertCount};
    }
    vulkan::RowInput input(const FusedInput& input) const {
        vulkan::RowInput result{view(input.in), rows(input.in), {}};
        if (input.norm) {
            result.norm = {m_memory.weights.vector(input.norm->weight), vectorOf(input.norm->bias), input.norm->centred,
                           input.norm->epsilon};
        }
        return result;
    }
    std::optional<BufferView> vectorOf(WeightId id) const {
        if (id == kNoWeight) return std::nullopt;
        return m_memory.weights.vector(id);
    }
    const vulkan::WeightMatrix& matrix(const Matmul& op) const { return m_memory.weights.matrix(op.weight); }
    vulkan::ExpertTiles tiles(ValueId experts, std::uint32_t expertCount) const {
        return vulkan::expertTiles(m_device.info(), rows(experts), width(experts), expertCount);
    }
    BufferView view(ValueId id) const { return scratchView(m_fused, m_memory, id); }
    std::uint32_t rows(ValueId id) const { return m_program.values[id].rows; }
    std::uint32_t width(ValueId id) const { return m_program.values[id].width; }
    std::uint32_t count(ValueId id) const { return static_cast<std::uint32_t>(m_program.values[id].size()); }

    vulkan::CommandList& m_commands;
    vulkan::Device& m_device;
    const Program& m_program;
    const FusedProgram& m_fused;
    const VulkanMemory& m_memory;
};

}  // namespace

BufferView VulkanRopeTables::table(const RopeShape& shape) {
    for (const Entry& entry : m_entries) {
        if (entry.shape == shape) return entry.turns;
    }
    std::span<const float> factors;
    const WeightId factorsId = shape.factorsFor(m_contextLength);
    if (factorsId != kNoWeight) factors = m_weights.vectorValues(factorsId);
    const auto turns =
        vulkan::ropeTurns({shape.rotated, static_cast<double>(shape.base), static_cast<double>(shape.scale),
                           static_cast<double>(shape.unscaledUntil), static_cast<double>(shape.scaledFrom), factors});
    m_entries.push_back(
        {shape, m_device.createBuffer(turns.size() * sizeof(turns[0]), vulkan::MemoryUse::device, "rope turns")});
    vulkan::Uploader uploader(m_device);
    uploader.upload(m_entries.back().turns, std::as_bytes(std::span(turns)));
    uploader.flush();
    return m_entries.back().turns;
}

std::uint64_t attentionScratchBytes(const Program& program, const CacheShape& cache) {
    std::uint64_t most = vulkan::kAttentionCounterBytes;
    for (const Operation& operation : program.operations) {
        if (const auto* op = std::get_if<Attention>(&operation)) {
            most = std::max(most, vulkan::attentionScratchBytes(attentionShape(*op, program, cache)));
        }
    }
    return most;
}

FusedProgram fuseFor(const vulkan::Device& device, const VulkanWeights& weights, const Program& program,
                     CacheType cacheType) {
    // In software each number of tokens is seconds of compiling, and several at once gain nothing.
    const bool software = device.info().type == vulkan::DeviceType::software;
    const bool wanted = program.tokenCount <= (software ? 1 : vulkan::kMaxProductRows) && cacheType == CacheType::f16;
    return fuseRows(program, {[&](WeightId id) {
                                  const vulkan::WeightMatrix& matrix = weights.matrix(id);
                                  return wanted &&
                                         vulkan::canMultiplyRows(device.info(), *matrix.format, matrix.columns);
                              },
                              [&](WeightId id, std::uint32_t used) {
                                  const vulkan::WeightMatrix& matrix = weights.matrix(id);
                                  return wanted && matrix.windows.size() == 1 &&
                                         vulkan::canMultiplyRows(device.info(), *matrix.format, matrix.columns, used);
                              },
                              [&](WeightId upper, WeightId lower) {
                                  return vulkan::joined(weights.matrix(upper), weights.matrix(lower)).has_value();
                              }});
}

std::vector<vulkan::CommandList> recordProgram(vulkan::Device& device, const Program& program,
                                               const FusedProgram& fused, const VulkanMemory& memory,
                                               std::uint64_t mostWork) {
    assert(memory.scratch.size >= fused.scratchSize * sizeof(float));
    std::vector<vulkan::CommandList> lists;
    std::uint64_t work = mostWork;
    for (const FusedStep& step : fused.steps) {
        if (work >= mostWork) {
            if (!lists.empty()) lists.back().finish();
            lists.emplace_back(device, "step of " + std::to_string(program.tokenCount));
            work = 0;
        }
        std::visit(Recorder(lists.back(), device, program, fused, memory), step);
        work += multiplyAdds(step, program, memory.cacheShape);
    }
    if (program.outputRows > 0) {
        const BufferView logits = scratchView(fused, memory, program.logits);
        lists.back().copy(logits, memory.logits.sub(0, logits.size));
    }
    lists.back().finish();
    return lists;
}

}  // namespace lares::inference
