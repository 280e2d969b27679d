// What it takes to be a model of some architecture: hyper-parameters read and checked, every tensor found and its shape
// and type checked, and the operations of a step. All of it happens before a byte of weights is read, so that a
// hostile or damaged file is refused while nothing is allocated for it yet. One file per architecture in this folder.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/program/model_definition.h"
#include "inference/program/program_builder.h"
#include "inference/types.h"

#include <initializer_list>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

enum class NormKind { rms, layer };

/// Adds to the warnings the sentence with which defineModel() refuses a model as unsupported, if it does. What is wrong
/// with the file itself is not looked at.
void addWhatIsUnsupported(const SharedGguf& file, ModelInfo& info);

/// Reads the hyper-parameters under the file's architecture prefix; `norm` says under which key its epsilon stands as a
/// rule: some converters write that of a layer norm under the other kind's.
/// Throws badFile where one is missing or impossible, unsupported for those that would change the results in a way that
/// no operation knows. Of experts, lengths that the file does not tell stay 0, and whether weights are renormalised is
/// the architecture's to say.
HyperParameters readHyperParameters(const GgufFile& file, NormKind norm = NormKind::rms);

/// The pair, as a real number, that turns `turns` times over the original context: where YaRN (Peng et al., 2023)
/// begins and ends to scale.
double pairOfTurns(const RopeShape& rope, double turns);

/// A tensor that the architecture must have is not in the file; thrown by WeightTable.
class MissingTensor : public Error {
 public:
    MissingTensor(std::string name, std::vector<std::uint64_t> shape);
    const std::string& name() const { return m_name; }
    const std::vector<std::uint64_t>& shape() const { return m_shape; }  ///< as in GgufTensor, shape[0] contiguous

 private:
    std::string m_name;
    std::vector<std::uint64_t> m_shape;
};

/// Some of the rows of a matrix, or of the numbers of a vector: what lies side by side in one tensor of `whole` of them
/// ("attn_qkv") is loaded as if it were several tensors.
struct Part {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t whole = 0;
};

/// Some rows of one of the file's tensors (of a vector some numbers, with one column), to be read when they are loaded.
/// `rows` and `columns` fit the tensor. Throws unsupported when its type is none of vulkan/formats, or when its blocks
/// lie across the edges of the part.
WeightSource weightSource(const SharedGguf& file, const GgufTensor& tensor, WeightShape shape, Part rows,
                          std::uint32_t columns);

/// The tensors an architecture asks for. Each is found and checked when it is asked for: badFile when it is missing or
/// of another shape, unsupported when its type is none of vulkan/formats.
class WeightTable {
 public:
    explicit WeightTable(SharedGguf file) : m_file(std::move(file)) {}

    /// [rows, columns], of any weight format.
    WeightId matrix(const std::string& name, std::uint32_t rows, std::uint32_t columns);
    /// [length]; becomes f32 when it is loaded.
    WeightId vector(const std::string& name, std::uint32_t length);
    /// The same of a part of a tensor.
    WeightId matrix(const std::string& name, Part rows, std::uint32_t columns);
    WeightId vector(const std::string& name, Part part);
    /// [count, length], one vector after the other.
    WeightId vectors(const std::string& name, std::uint32_t count, std::uint32_t length);
    /// The first of the vectors in [any, length].
    WeightId firstVector(const std::string& name, std::uint32_t length);
    /// Numbers that no file needs to say, as if it did.
    WeightId constants(const std::string& name, std::vector<float> numbers);
    /// Known, where it is there, but not loaded: nothing that is wanted of the model depends on it.
    void leaveOut(const std::string& name);
    bool contains(const std::string& name) const { return m_file->find(name) != nullptr; }
    /// kNoWeight where the file has no such tensor.
    WeightId optionalMatrix(const std::string& name, std::uint32_t rows, std::uint32_t columns);
    WeightId optionalVector(const std::string& name, std::uint32_t length);

    /// The matrices [rows, columns] of all experts as one of experts * rows rows: `name`_exps.weight or, in early
    /// files, `name`.0.weight and so on. `name` without ending: "blk.0.ffn_gate".
    WeightId expertMatrices(const std::string& name, std::uint32_t experts, std::uint32_t rows, std::uint32_t columns);

    /// Matrices that meet the same activations (WeightSource::family), in this order.
    void keepTogether(std::initializer_list<WeightId> matrices);

    /// All weights asked for. Throws unsupported when the file has others, too: they would change the results.
    std::vector<WeightSource> take();

 private:
    struct Request;
    WeightId require(const Request& request);
    WeightId append(const GgufTensor& tensor, const Request& request);

    SharedGguf m_file;
    std::set<std::string_view> m_known;
    std::vector<WeightSource> m_weights;
    std::uint32_t m_families = 0;
};

}  // namespace lares::inference
