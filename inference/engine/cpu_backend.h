// The processor as a backend: a thread pool and the fastest kernels that it can run.
#pragma once

#include "inference/cpu/thread_pool.h"
#include "inference/engine/backend.h"

namespace lares::inference {

ComputeTarget cpuTarget();

class CpuBackend final : public Backend {
 public:
    /// `threads`: 0 for one on each physical core.
    explicit CpuBackend(std::uint32_t threads = 0);

    const ComputeTarget& target() const override { return m_target; }
    std::uint64_t freeMemoryBytes() const override;
    std::unique_ptr<Session> open(const ModelDefinition& model, const SessionShape& shape,
                                  const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) override;

 private:
    ComputeTarget m_target;
    cpu::ThreadPool m_pool;
};

}  // namespace lares::inference
