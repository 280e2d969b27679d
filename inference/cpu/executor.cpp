#include "inference/cpu/executor.h"

#include <algorithm>
#include <cassert>

namespace lares::inference::cpu {

namespace {

/// Numbers of a cheap operation that are worth another thread's attention.
constexpr std::uint32_t kWorthSharing = 16 * 1024;

/// Groups of rows that one thread takes at a time, at least.
constexpr std::uint32_t kLeastGroups = 4;

/// The value that a product takes in blocks where its weights have such a layout, or kNoValue.
ValueId roundedInput(const Operation& operation, const auto& layoutOf) {
    if (const auto* op = std::get_if<Matmul>(&operation)) return takesBlocks(layoutOf(op->weight)) ? op->in : kNoValue;
    if (const auto* op = std::get_if<ExpertMatmul>(&operation)) {
        return takesBlocks(layoutOf(op->weight)) ? op->in : kNoValue;
    }
    return kNoValue;
}

/// Of the largest value that is rounded.
std::uint64_t mostRounded(const Program& program, const auto& layoutOf) {
    std::uint64_t most = 0;
    for (const Operation& operation : program.operations) {
        const ValueId id = roundedInput(operation, layoutOf);
        if (id != kNoValue) most = std::max(most, program.values[id].size());
    }
    return most;
}

/// The kernel of that activation.
template <typename Kernel>
Kernel chosenBy(Activation activation, Kernel silu, Kernel geluTanh, Kernel clampedSilu) {
    switch (activation) {
        case Activation::silu:
            return silu;
        case Activation::geluTanh:
            return geluTanh;
        case Activation::clampedSilu:
            return clampedSilu;
    }
    assert(false && "an activation without a kernel");
    return nullptr;
}

std::uint64_t blockBytes(std::uint64_t numbers) {
    return numbers / 32 * sizeof(ActivationBlock);
}

}  // namespace

CacheBytes cacheBytes(const ModelDefinition& model, std::uint32_t layer, const SessionShape& shape) {
    const HyperParameters& p = model.parameters;
    const std::uint64_t rows = roundedUpTo8(shape.cache().capacity(p.window(layer)));
    const std::uint64_t rowBytes = std::uint64_t{p.headCountKv} * vulkan::cacheTypeBytes(shape.cacheType);
    return {rows * rowBytes * p.headSize, rows * rowBytes * roundedUpTo8(p.headSize)};
}

/// What each kind of operation does to the values of one program.
struct Executor::Visitor {
    Executor& own;
    const Program& program;
    float* memory;

    float* data(ValueId id) const { return memory + program.values[id].scratchOffset; }
    std::uint32_t rows(ValueId id) const { return program.values[id].rows; }
    std::uint32_t width(ValueId id) const { return program.values[id].width; }
    std::span<float> row(ValueId id, std::uint32_t t) const {
        return {data(id) + std::size_t{t} * width(id), width(id)};
    }
    const float* vectorOrNull(WeightId id) const { return id == kNoWeight ? nullptr : own.m_weights.vector(id).data(); }

    /// work(t) for every row of the value.
    template <typename Work>
    void forEachRow(ValueId id, Work&& work) const {
        const std::uint32_t least = std::max(1u, kWorthSharing / width(id));
        own.m_pool.runRanges(rows(id), least, [&](std::uint32_t begin, std::uint32_t end) {
            for (std::uint32_t t = begin; t < end; ++t) work(t);
        });
    }

    void operator()(const Embed& op) const {
        const CpuMatrix& table = own.m_weights.matrix(op.table);
        forEachRow(op.out, [&](std::uint32_t t) {
            table.unpack(static_cast<std::uint32_t>(own.m_input.tokens[t]), row(op.out, t).data());
            for (float& number : row(op.out, t)) number *= op.scale;
        });
    }
    void operator()(const AddPositions& op) const {
        const std::span<const float> table = own.m_weights.vector(op.table);
        assert((std::size_t{own.m_input.position} + rows(op.values)) * width(op.values) <= table.size());
        forEachRow(op.values, [&](std::uint32_t t) {
            const float* const added = table.data() + (std::size_t{own.m_input.position} + t) * width(op.values);
            own.m_kernels.add(row(op.values, t).data(), added, width(op.values), row(op.values, t).data());
        });
    }
    void operator()(const AddRow& op) const {
        const float* const added = own.m_weights.vector(op.row).data();
        forEachRow(op.values, [&](std::uint32_t t) {
            own.m_kernels.add(row(op.values, t).data(), added, width(op.values), row(op.values, t).data());
        });
    }
    void operator()(const RmsNorm& op) const {
        const float* const weight = own.m_weights.vector(op.weight).data();
        const std::uint32_t length = width(op.in) / op.segments;
        forEachRow(op.in, [&](std::uint32_t t) {
            for (std::size_t at = 0; at < width(op.in); at += length) {
                own.m_kernels.rmsNorm(row(op.in, t).data() + at, weight, op.epsilon, length,
                                      row(op.out, t).data() + at);
            }
        });
    }
    void operator()(const LayerNorm& op) const {
        const float* const weight = own.m_weights.vector(op.weight).data();
        const float* const bias = vectorOrNull(op.bias);
        const std::uint32_t length = width(op.in) / op.segments;
        forEachRow(op.in, [&](std::uint32_t t) {
            for (std::size_t at = 0; at < width(op.in); at += length) {
                const std::size_t shift = op.ownWeights ? at : 0;
                own.m_kernels.layerNorm(row(op.in, t).data() + at, weight + shift, bias ? bias + shift : nullptr,
                                        op.epsilon, length, row(op.out, t).data() + at);
            }
        });
    }
    void operator()(const Matmul& op) const {
        const CpuMatrix& weight = own.m_weights.matrix(op.weight);
        ProductArgs args = product(weight, op.in, op.out);
        args.weights = weight.expert(0);
        args.bias = vectorOrNull(op.bias);
        args.residual = op.residual == kNoValue ? nullptr : data(op.residual);
        args.scale = op.scale;
        args.count = rows(op.in);
        const Kernels::Product kernel = kernelFor(weight);
        own.m_pool.runRanges(groupsOf(weight.rows), kLeastGroups,
                             [&](std::uint32_t begin, std::uint32_t end) { kernel(args, begin, end); });
    }
    void operator()(const Rope& op) const {
        const std::span<const float> turns = own.m_turns.of(op.shape);
        const std::uint32_t pairs = op.shape.rotated / 2;
        forEachRow(op.heads, [&](std::uint32_t t) {
            own.m_kernels.rope({row(op.heads, t).data(), op.headCount, op.headSize, pairs,
                                op.shape.pairs == RopePairs::halves, turns.data() + std::size_t{t} * pairs * 2});
        });
    }
    void operator()(const StoreKv& op) const {
        CpuLayerCache& cache = own.m_caches.at(op.layer);
        const StoreArgs args{data(op.keys),     data(op.values),   rows(op.keys),
                             cache.headCountKv, cache.headSize,    own.m_input.position,
                             cache.capacity,    cache.keys.data(), cache.values.data()};
        (f32Cache() ? own.m_kernels.storeF32 : own.m_kernels.storeF16)(args);
    }
    void operator()(const Attention& op) const {
        const CpuLayerCache& cache = own.m_caches.at(op.layer);
        assert(cache.headCountKv == op.headCountKv && cache.headSize == op.headSize);
        AttentionArgs args;
        args.query = data(op.query);
        args.out = data(op.out);
        args.rows = rows(op.query);
        args.headCount = op.headCount;
        args.headCountKv = op.headCountKv;
        args.headSize = op.headSize;
        args.scale = op.scale;
        args.softCap = op.softCap;
        args.window = op.window;
        args.causal = op.causal;
        args.sinks = vectorOrNull(op.sinks);
        args.slopes = vectorOrNull(op.slopes);
        args.position = own.m_input.position;
        args.keys = cache.keys.data();
        args.values = cache.values.data();
        args.capacity = cache.capacity;
        const auto attend = f32Cache() ? own.m_kernels.attendF32 : own.m_kernels.attendF16;
        own.m_pool.runRanges(attentionTasks(args), 1, [&](std::uint32_t begin, std::uint32_t end) {
            for (std::uint32_t task = begin; task < end; ++task) attend(args, task);
        });
    }
    void operator()(const Gated& op) const {
        const auto kernel = chosenBy(op.activation, own.m_kernels.siluTimes, own.m_kernels.geluTanhTimes,
                                     own.m_kernels.clampedSiluTimes);
        forEachRow(op.out, [&](std::uint32_t t) {
            kernel(row(op.gate, t).data(), row(op.up, t).data(), width(op.out), row(op.out, t).data());
        });
    }
    void operator()(const Activate& op) const {
        const auto kernel =
            chosenBy(op.activation, own.m_kernels.silu, own.m_kernels.geluTanh, own.m_kernels.clampedSilu);
        forEachRow(op.out,
                   [&](std::uint32_t t) { kernel(row(op.in, t).data(), width(op.out), row(op.out, t).data()); });
    }
    void operator()(const SoftCap& op) const {
        forEachRow(op.out, [&](std::uint32_t t) {
            own.m_kernels.softCap(row(op.in, t).data(), op.cap, width(op.out), row(op.out, t).data());
        });
    }
    void operator()(const Route& op) const {
        for (std::uint32_t t = 0; t < rows(op.scores); ++t) {
            chooseExperts(op, row(op.scores, t), row(op.experts, t), row(op.weights, t));
        }
    }
    void operator()(const ExpertMatmul& op) const {
        const CpuMatrix& weight = own.m_weights.matrix(op.weight);
        const auto pairs = static_cast<std::uint32_t>(program.values[op.experts].size());
        const std::span order(reinterpret_cast<std::uint32_t*>(data(op.order)), pairs);
        orderByExpert(std::span<const float>(data(op.experts), pairs), op.expertCount, order, own.m_runs);
        ProductArgs args = product(weight, op.in, op.out);
        args.inDivisor = rows(op.in) == pairs ? 1 : width(op.experts);
        const float* const biases = vectorOrNull(op.bias);
        const Kernels::Product kernel = kernelFor(weight);
        const std::uint32_t groups = groupsOf(weight.rows);
        const std::uint32_t total = groups * static_cast<std::uint32_t>(own.m_runs.size());
        own.m_pool.runRanges(total, kLeastGroups, [&](std::uint32_t begin, std::uint32_t end) {
            while (begin < end) {
                const ExpertRun& run = own.m_runs[begin / groups];
                const std::uint32_t first = begin % groups, last = std::min(groups, first + end - begin);
                ProductArgs part = args;
                part.weights = weight.expert(run.expert);
                if (biases) part.bias = biases + std::size_t{run.expert} * weight.rows;
                part.pairs = order.data() + run.begin;
                part.count = run.end - run.begin;
                kernel(part, first, last);
                begin += last - first;
            }
        });
    }
    void operator()(const CombineExperts& op) const {
        const std::uint32_t chosen = width(op.weights);
        forEachRow(op.out, [&](std::uint32_t t) {
            const std::span<float> out = row(op.out, t);
            std::ranges::copy(row(op.residual, t), out.begin());
            for (std::uint32_t i = 0; i < chosen; ++i) {
                own.m_kernels.addScaled(row(op.in, t * chosen + i).data(), row(op.weights, t)[i], out.size(),
                                        out.data());
            }
        });
    }
    void operator()(const Add& op) const {
        forEachRow(op.out, [&](std::uint32_t t) {
            own.m_kernels.add(row(op.left, t).data(), row(op.right, t).data(), width(op.out), row(op.out, t).data());
        });
    }
    void operator()(const GatherRows& op) const {
        for (std::uint32_t i = 0; i < rows(op.out); ++i) {
            std::ranges::copy(row(op.in, own.m_input.outputRows[i]), row(op.out, i).begin());
        }
    }

    bool f32Cache() const { return own.m_shape.cacheType == CacheType::f32; }

    Kernels::Product kernelFor(const CpuMatrix& weight) const {
        const auto layout = static_cast<std::size_t>(weight.conversion.layout);
        return (own.m_exact ? own.m_kernels.exactProducts : own.m_kernels.products)[layout];
    }

    /// What all products have in common; the activations are rounded if they have to be.
    ProductArgs product(const CpuMatrix& weight, ValueId in, ValueId out) const {
        assert(width(in) == weight.columns && width(out) == weight.rows);
        ProductArgs args;
        args.groupBytes = weight.groupBytes();
        args.rows = weight.rows;
        args.columns = weight.columns;
        args.codebook = weight.conversion.codebook;
        args.in = data(in);
        args.out = data(out);
        if (takesBlocks(weight.conversion.layout) && !own.m_exact) {
            round(in);
            args.numbers = own.m_rounded.numbers.as<std::int8_t>().data();
            args.blocks = own.m_rounded.blocks.as<ActivationBlock>().data();
        }
        return args;
    }

    void round(ValueId in) const {
        Rounded& rounded = own.m_rounded;
        if (rounded.value == in) return;
        assert(rounded.numbers.size() >= program.values[in].size());
        forEachRow(in, [&](std::uint32_t t) {
            const std::size_t at = std::size_t{t} * width(in);
            own.m_kernels.round(row(in, t).data(), width(in), rounded.numbers.as<std::int8_t>().data() + at,
                                rounded.blocks.as<ActivationBlock>().data() + at / 32);
        });
        rounded.value = in;
    }
};

Executor::Executor(ThreadPool& pool, const Kernels& kernels, const CpuWeights& weights,
                   std::vector<CpuLayerCache>& caches, const SessionShape& shape)
    : m_pool(pool),
      m_kernels(kernels),
      m_weights(weights),
      m_caches(caches),
      m_shape(shape),
      m_exact(shape.cacheType == CacheType::f32),
      m_turns(weights, shape.contextLength) {}

std::uint64_t Executor::scratchBytes(const Program& program, std::span<const WeightSource> weights, bool exact) {
    if (exact) return 0;
    const std::uint64_t most =
        mostRounded(program, [&](WeightId id) { return conversionFor(*weights[id].format).layout; });
    return most + blockBytes(most);
}

void Executor::reserve(const Program& program) {
    if (m_exact) return;
    const std::uint64_t most =
        mostRounded(program, [&](WeightId id) { return m_weights.matrix(id).conversion.layout; });
    if (m_rounded.numbers.size() >= most) return;
    m_rounded = {};
    m_rounded = {AlignedMemory(most), AlignedMemory(blockBytes(most))};
}

void Executor::begin(const StepInput& input) {
    m_input = input;
    m_turns.begin(input.position, static_cast<std::uint32_t>(input.tokens.size()));
}

void Executor::run(const Program& program, std::span<const Operation> operations, float* values) {
    m_rounded.value = kNoValue;
    const Visitor visitor{*this, program, values};
    for (const Operation& operation : operations) {
        // Products leave what they read as it was; anything else may be in place.
        if (!std::holds_alternative<Matmul>(operation) && !std::holds_alternative<ExpertMatmul>(operation)) {
            m_rounded.value = kNoValue;
        }
        std::visit(visitor, operation);
    }
}

}  // namespace lares::inference::cpu
