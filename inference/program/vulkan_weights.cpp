#include "inference/program/vulkan_weights.h"

#include "vulkan/runtime/device.h"
#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>

namespace lares::inference {

namespace {

/// Where the members of families lie that fit together.
class JointPlaces {
 public:
    struct Place {
        std::shared_ptr<const vulkan::Buffer> memory;
        std::uint32_t firstRow = 0;
    };

    JointPlaces(vulkan::Device& device, std::span<const WeightSource> sources) : m_device(device) {
        for (const WeightSource& source : sources) {
            if (source.family == 0) continue;
            Members& members = m_families[source.family];
            members.insert(std::ranges::upper_bound(members, source.placeInFamily, {}, &WeightSource::placeInFamily),
                           &source);
        }
    }

    /// Null for a matrix that lies by itself. Memory is taken when the first of a family is asked for.
    const Place* find(const WeightSource& source) {
        if (source.family == 0) return nullptr;
        if (!m_places.contains(&source)) place(source);
        const Place& found = m_places.at(&source);
        return found.memory ? &found : nullptr;
    }

 private:
    using Members = std::vector<const WeightSource*>;

    /// The stretch of the family that `source` is in: neighbours of its format and width.
    void place(const WeightSource& source) {
        const Members& members = m_families.at(source.family);
        const auto fits = [&](const WeightSource* other) {
            return other->format == source.format && other->columns == source.columns;
        };
        const auto self = std::ranges::find(members, &source);
        auto first = self, end = std::find_if_not(self, members.end(), fits);
        while (first != members.begin() && fits(*std::prev(first))) --first;

        std::vector<std::uint32_t> rows;
        std::transform(first, end, std::back_inserter(rows), [](const WeightSource* one) { return one->rows; });
        std::shared_ptr<const vulkan::Buffer> memory;
        if (rows.size() > 1) {
            memory = vulkan::createJointMemory(m_device, *source.format, rows, source.columns, source.name);
        }
        std::uint32_t firstRow = 0;
        for (; first != end; ++first) {
            m_places[*first] = {memory, firstRow};
            firstRow += (*first)->rows;
        }
    }

    vulkan::Device& m_device;
    std::map<std::uint32_t, Members> m_families;
    std::map<const WeightSource*, Place> m_places;
};

}  // namespace

std::uint64_t VulkanWeights::sizeBytes(const WeightSource& source) {
    return source.shape == WeightShape::matrix ? vulkan::packedMatrixBytes(*source.format, source.rows, source.columns)
                                               : std::uint64_t{source.columns} * sizeof(float);
}

std::uint64_t VulkanWeights::sizeBytes(std::span<const WeightSource> sources) {
    std::uint64_t sum = 0;
    for (const WeightSource& source : sources) sum += sizeBytes(source);
    return sum;
}

std::optional<VulkanWeights> VulkanWeights::upload(vulkan::Device& device, std::span<const WeightSource> sources,
                                                   const std::function<void(std::uint64_t)>& onBytes,
                                                   std::stop_token stop) {
    VulkanWeights result;
    vulkan::Uploader uploader(device);
    std::vector<std::byte> bytes;
    std::uint64_t done = 0;
    JointPlaces places(device, sources);
    for (const WeightSource& source : sources) {
        if (stop.stop_requested()) return std::nullopt;
        bytes.resize(source.sizeBytes);
        source.read(0, bytes);
        Weight weight{source.shape, {}, {}, {}};
        if (source.shape == WeightShape::matrix) {
            const JointPlaces::Place* const place = places.find(source);
            weight.matrix = place ? vulkan::uploadWeightMatrix(uploader, *source.format, source.rows, source.columns,
                                                               bytes, place->memory, place->firstRow)
                                  : vulkan::uploadWeightMatrix(device, uploader, *source.format, source.rows,
                                                               source.columns, bytes, source.name);
        } else {
            weight.values.resize(source.columns);
            source.format->dequantize(bytes.data(), weight.values.data(),
                                      source.columns / source.format->blockElements);
            weight.buffer =
                device.createBuffer(weight.values.size() * sizeof(float), vulkan::MemoryUse::device, source.name);
            uploader.upload(weight.buffer, std::as_bytes(std::span(weight.values)));
        }
        result.m_weights.push_back(std::move(weight));
        done += source.sizeBytes;
        if (onBytes) onBytes(done);
    }
    uploader.flush();
    return result;
}

void VulkanWeights::replaceFrom(WeightId first, VulkanWeights others) {
    assert(first <= m_weights.size());
    m_weights.erase(m_weights.begin() + first, m_weights.end());
    std::ranges::move(others.m_weights, std::back_inserter(m_weights));
}

const vulkan::WeightMatrix& VulkanWeights::matrix(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::matrix);
    return m_weights[id].matrix;
}

vulkan::BufferView VulkanWeights::vector(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::vector);
    return m_weights[id].buffer;
}

std::span<const float> VulkanWeights::vectorValues(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::vector);
    return m_weights[id].values;
}

}  // namespace lares::inference
