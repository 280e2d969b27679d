// What it takes to be a model of some architecture: hyper-parameters read and checked, every tensor found and its shape
// and type checked, and the operations of a step. All of it happens before a byte of weights is read, so that a
// hostile or damaged file is refused while nothing is allocated for it yet. One file per architecture in this folder.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/program/model_definition.h"
#include "inference/program/program_builder.h"

#include <memory>
#include <span>
#include <string>

namespace lares::inference {

using SharedGguf = std::shared_ptr<const GgufFile>;

struct Architecture {
    const char* name;
    ModelDefinition (*define)(const SharedGguf& file);
};

/// Every architecture this build knows, in the order of architectures.cmake.
std::span<const Architecture> architectures();

/// Finds the file's architecture and lets it read the file. The definition's weights keep the file open. Throws
/// unsupported for an architecture that is not known, badFile for a file that contradicts itself.
ModelDefinition defineModel(const SharedGguf& file);

/// Reads the hyper-parameters under the file's architecture prefix. Throws badFile where one is missing or impossible,
/// unsupported for experts and for rope scaling other than linear.
HyperParameters readHyperParameters(const GgufFile& file);

/// The tensors an architecture asks for. Each is found and checked when it is asked for: badFile when it is missing or
/// of another shape, unsupported when its type is none of vulkan/formats.
class WeightTable {
 public:
    explicit WeightTable(SharedGguf file) : m_file(std::move(file)) {}

    /// [rows, columns], of any weight format.
    WeightId matrix(const std::string& name, std::uint32_t rows, std::uint32_t columns);
    /// [length]; becomes f32 when it is loaded.
    WeightId vector(const std::string& name, std::uint32_t length);
    /// kNoWeight where the file has no such tensor.
    WeightId optionalMatrix(const std::string& name, std::uint32_t rows, std::uint32_t columns);
    WeightId optionalVector(const std::string& name, std::uint32_t length);

    std::vector<WeightSource> take() { return std::move(m_weights); }

 private:
    WeightId append(const GgufTensor& tensor, WeightShape shape, std::uint32_t rows, std::uint32_t columns);

    SharedGguf m_file;
    std::vector<WeightSource> m_weights;
};

}  // namespace lares::inference
