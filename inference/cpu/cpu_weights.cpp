#include "inference/cpu/cpu_weights.h"

#include "inference/cpu/thread_pool.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace lares::inference::cpu {

namespace {

/// File bytes that are in memory beside the packed ones at a time.
constexpr std::uint64_t kPieceBytes = std::uint64_t{8} << 20;

CpuMatrix emptyMatrix(const WeightSource& source) {
    CpuMatrix matrix;
    matrix.conversion = conversionFor(*source.format);
    matrix.experts = std::max(1u, source.experts);
    matrix.rows = source.rows / matrix.experts;
    matrix.columns = source.columns;
    matrix.memory = AlignedMemory(CpuWeights::sizeBytes(source));
    return matrix;
}

/// Reads some groups of rows at a time and packs them. False when `stop` was requested.
bool fill(CpuMatrix& matrix, ThreadPool& pool, const WeightSource& source,
          const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) {
    const std::uint64_t rowBytes = source.format->fileRowBytes(source.columns);
    const auto groupsAtOnce =
        static_cast<std::uint32_t>(std::max<std::uint64_t>(1, kPieceBytes / (rowBytes * kGroupRows)));
    std::vector<std::byte> bytes;
    std::uint64_t done = 0;
    for (std::uint32_t expert = 0; expert < matrix.experts; ++expert) {
        std::byte* const groups = matrix.memory.data() + (matrix.expert(expert) - matrix.memory.data());
        for (std::uint32_t first = 0; first < groupsOf(matrix.rows); first += groupsAtOnce) {
            if (stop.stop_requested()) return false;
            const std::uint32_t count = std::min(groupsAtOnce, groupsOf(matrix.rows) - first);
            const std::uint32_t rows = std::min(count * kGroupRows, matrix.rows - first * kGroupRows);
            bytes.resize(rows * rowBytes);
            source.read((std::uint64_t{expert} * matrix.rows + std::uint64_t{first} * kGroupRows) * rowBytes, bytes);
            pool.run(count, [&](std::uint32_t group) {
                packGroup(matrix.conversion, *source.format, matrix.columns,
                          bytes.data() + group * kGroupRows * rowBytes, std::min(kGroupRows, rows - group * kGroupRows),
                          groups + std::size_t{first + group} * matrix.groupBytes());
            });
            done += bytes.size();
            if (onBytes) onBytes(done);
        }
    }
    return true;
}

}  // namespace

std::uint64_t CpuWeights::sizeBytes(const WeightSource& source) {
    if (source.shape == WeightShape::vector) return std::uint64_t{source.columns} * sizeof(float);
    const std::uint32_t experts = std::max(1u, source.experts);
    return std::uint64_t{experts} * groupsOf(source.rows / experts) *
           groupBytes(conversionFor(*source.format).layout, source.columns);
}

std::optional<CpuWeights> CpuWeights::load(ThreadPool& pool, std::span<const WeightSource> sources,
                                           const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) {
    CpuWeights result;
    std::uint64_t before = 0;
    for (const WeightSource& source : sources) {
        if (stop.stop_requested()) return std::nullopt;
        Weight weight{source.shape, {}, {}};
        if (source.shape == WeightShape::matrix) {
            weight.matrix = emptyMatrix(source);
            const auto onPart = [&](std::uint64_t done) {
                if (onBytes) onBytes(before + done);
            };
            if (!fill(weight.matrix, pool, source, onPart, stop)) return std::nullopt;
        } else {
            std::vector<std::byte> bytes(source.sizeBytes);
            source.read(0, bytes);
            weight.values.resize(source.columns);
            source.format->dequantize(bytes.data(), weight.values.data(),
                                      source.columns / source.format->blockElements);
            if (onBytes) onBytes(before + source.sizeBytes);
        }
        result.m_weights.push_back(std::move(weight));
        before += source.sizeBytes;
    }
    return result;
}

void CpuWeights::replaceFrom(WeightId first, CpuWeights others) {
    assert(first <= m_weights.size());
    m_weights.erase(m_weights.begin() + first, m_weights.end());
    std::ranges::move(others.m_weights, std::back_inserter(m_weights));
}

const CpuMatrix& CpuWeights::matrix(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::matrix);
    return m_weights[id].matrix;
}

std::span<const float> CpuWeights::vector(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::vector);
    return m_weights[id].values;
}

}  // namespace lares::inference::cpu
