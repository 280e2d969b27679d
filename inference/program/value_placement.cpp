#include "inference/program/value_placement.h"

#include <algorithm>
#include <numeric>

namespace lares::inference {

/// In the order they come to life each takes the lowest place that no living value has.
std::uint64_t placeValues(std::vector<Value>& values, std::span<const Lifetime> lives) {
    std::vector<ValueId> order(values.size());
    std::iota(order.begin(), order.end(), ValueId{0});
    std::ranges::stable_sort(order, {}, [&](ValueId id) { return lives[id].first; });
    std::uint64_t scratchSize = 0;
    std::vector<ValueId> living;  // in order of offset
    for (const ValueId id : order) {
        if (lives[id].first > lives[id].last) continue;
        std::erase_if(living, [&](ValueId other) { return lives[other].last < lives[id].first; });
        std::uint64_t offset = 0;
        auto place = living.begin();
        for (; place != living.end(); ++place) {
            if (offset + values[id].size() <= values[*place].scratchOffset) break;
            const std::uint64_t past = values[*place].scratchOffset + values[*place].size();
            offset = std::max(offset, (past + kScratchAlignment - 1) / kScratchAlignment * kScratchAlignment);
        }
        values[id].scratchOffset = offset;
        living.insert(place, id);
        scratchSize = std::max(scratchSize, offset + values[id].size());
    }
    return scratchSize;
}

}  // namespace lares::inference
