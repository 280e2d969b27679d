#include "inference/engine/cpu_backend.h"

#include "inference/cpu/cpu_session.h"
#include "inference/cpu/processor.h"

#include <limits>

namespace lares::inference {

ComputeTarget cpuTarget() {
    const cpu::ProcessorInfo processor = cpu::describeProcessor();
    ComputeTarget target;
    target.name = processor.name;
    target.memoryTotalBytes = processor.memoryTotalBytes;
    target.chunkLength = 64;
    target.memoryNeed = &cpu::CpuSession::memoryNeed;
    target.weightBytes = [](const WeightSource& weight) { return cpu::CpuWeights::sizeBytes(weight); };
    target.mostContext = [](const ModelDefinition&, CacheType) { return std::numeric_limits<std::uint32_t>::max(); };
    target.check = &cpu::CpuSession::check;
    return target;
}

CpuBackend::CpuBackend(std::uint32_t threads)
    : m_target(cpuTarget()), m_pool(threads != 0 ? threads : cpu::describeProcessor().cores) {}

std::uint64_t CpuBackend::freeMemoryBytes() const {
    return cpu::describeProcessor().memoryFreeBytes;
}

std::unique_ptr<Session> CpuBackend::open(const ModelDefinition& model, const SessionShape& shape,
                                          const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) {
    auto weights = cpu::CpuWeights::load(m_pool, model.weights, onBytes, stop);
    if (!weights) return nullptr;
    return std::make_unique<cpu::CpuSession>(m_pool, *cpu::usableKernels().front(), model, std::move(*weights), shape);
}

}  // namespace lares::inference
