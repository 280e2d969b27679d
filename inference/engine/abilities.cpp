// What can be computed, read off the two lists that everything else follows from: architectures.cmake and
// formats.cmake.
#include "inference/engine.h"
#include "inference/models/architecture.h"
#include "vulkan/formats/formats.h"

namespace lares::inference {

Abilities abilities() {
    Abilities known;
    for (const Architecture& architecture : architectures()) known.architectures.emplace_back(architecture.name);
    for (const vulkan::Format& format : vulkan::formats()) known.formats.emplace_back(format.name);
    return known;
}

}  // namespace lares::inference
