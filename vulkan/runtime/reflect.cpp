// Reads from SPIR-V what a shader wants bound: a walk over the instructions that declare types, decorations and
// variables. Not a validator (spirv-val has seen the words when they were built), but it never reads past the end.
// Source: SPIR-V specification 1.5, sections 2.3 (physical layout) and 3 (binary form).
#include <algorithm>
#include <map>
#include <utility>

#include "vulkan/runtime/error.h"
#include "vulkan/runtime/shader.h"

namespace lares::vulkan {

namespace {

enum Op : uint32_t {
    opTypeInt = 21,
    opTypeFloat = 22,
    opTypeVector = 23,
    opTypeMatrix = 24,
    opTypeArray = 28,
    opTypeStruct = 30,
    opTypePointer = 32,
    opConstant = 43,
    opFunction = 54,
    opVariable = 59,
    opDecorate = 71,
    opMemberDecorate = 72,
};
enum Decoration : uint32_t {
    arrayStride = 6,
    matrixStride = 7,
    nonWritable = 24,
    binding = 33,
    descriptorSet = 34,
    offset = 35,
};
enum StorageClass : uint32_t { uniformConstant = 0, uniform = 2, pushConstant = 9, storageBuffer = 12 };

constexpr uint32_t kMagic = 0x07230203;
constexpr uint32_t kHeaderWords = 5;
constexpr uint32_t kMaxBinding = 255;
constexpr int kMaxTypeDepth = 16;

using Words = std::span<const uint32_t>;

struct Module {
    const char* name;
    std::map<uint32_t, Words> types;                                ///< id -> whole instruction; constants too
    std::vector<Words> variables;                                   ///< of the module
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> decorations;  ///< (id, decoration) -> value
    std::map<std::pair<uint32_t, uint32_t>, std::map<uint32_t, uint32_t>>
        memberDecorations;  ///< (struct, member) -> ...

    [[noreturn]] void fail(const char* why) const {
        throw Error(ErrorKind::pipeline, "The shader " + std::string(name) + " cannot be used: " + why + ".");
    }
    Words type(uint32_t id, size_t minWords) const {
        const auto found = types.find(id);
        if (found == types.end() || found->second.size() < minWords) fail("a type in it is damaged");
        return found->second;
    }
};

uint32_t operation(Words instruction) {
    return instruction[0] & 0xffff;
}

Module parse(const Shader& shader) {
    Module module{shader.name, {}, {}, {}, {}};
    const Words words = shader.spirv;
    if (words.size() < kHeaderWords || words[0] != kMagic) module.fail("it is not SPIR-V");
    for (size_t at = kHeaderWords; at < words.size();) {
        const uint32_t length = words[at] >> 16;
        if (length == 0 || length > words.size() - at) module.fail("its SPIR-V is cut off");
        const Words instruction = words.subspan(at, length);
        at += length;
        const uint32_t op = operation(instruction);
        if (op == opFunction) break;  // everything declared stands before the first function
        if (op >= opTypeInt && op <= opTypePointer && length >= 2) module.types[instruction[1]] = instruction;
        if (op == opConstant && length >= 4) module.types[instruction[2]] = instruction;
        if (op == opVariable && length >= 4) module.variables.push_back(instruction);
        if (op == opDecorate && length >= 3) {
            module.decorations[{instruction[1], instruction[2]}] = length >= 4 ? instruction[3] : 0;
        }
        if (op == opMemberDecorate && length >= 4) {
            module.memberDecorations[{instruction[1], instruction[2]}][instruction[3]] =
                length >= 5 ? instruction[4] : 0;
        }
    }
    return module;
}

uint32_t memberDecoration(const Module& module, uint32_t structId, uint32_t member, Decoration what) {
    const auto found = module.memberDecorations.find({structId, member});
    if (found == module.memberDecorations.end() || !found->second.contains(what)) return 0;
    return found->second.at(what);
}

/// Bytes that a value of this type takes in a buffer laid out by its decorations.
uint32_t sizeOf(const Module& module, uint32_t typeId, uint32_t stride = 0, int depth = 0) {
    if (depth > kMaxTypeDepth) module.fail("its types are nested too deeply");
    const Words type = module.type(typeId, 2);
    switch (operation(type)) {
        case opTypeInt:
        case opTypeFloat:
            return module.type(typeId, 3)[2] / 8;
        case opTypeVector: {
            const Words vector = module.type(typeId, 4);
            return sizeOf(module, vector[2], 0, depth + 1) * vector[3];
        }
        case opTypeMatrix:
            return stride * module.type(typeId, 4)[3];
        case opTypeArray: {
            const Words array = module.type(typeId, 4);
            const auto found = module.decorations.find({typeId, arrayStride});
            if (found == module.decorations.end()) module.fail("an array in its push constants has no stride");
            return found->second * module.type(array[3], 4)[3];
        }
        case opTypeStruct: {
            uint32_t end = 0;
            for (uint32_t member = 0; member + 2 < type.size(); ++member) {
                const uint32_t memberStride = memberDecoration(module, typeId, member, matrixStride);
                end = std::max(end, memberDecoration(module, typeId, member, offset) +
                                        sizeOf(module, type[member + 2], memberStride, depth + 1));
            }
            return end;
        }
        case opTypePointer:
            return 8;  // the address of a buffer
        default:
            module.fail("its push constants hold something else than numbers");
    }
}

bool isReadOnly(const Module& module, uint32_t variableId, uint32_t structId) {
    if (module.decorations.contains({variableId, nonWritable})) return true;
    const Words type = module.type(structId, 2);
    for (uint32_t member = 0; member + 2 < type.size(); ++member) {
        const auto found = module.memberDecorations.find({structId, member});
        if (found == module.memberDecorations.end() || !found->second.contains(nonWritable)) return false;
    }
    return true;
}

}  // namespace

ShaderInterface reflect(const Shader& shader) {
    const Module module = parse(shader);
    ShaderInterface result;
    for (const Words variable : module.variables) {
        const uint32_t storage = variable[3];
        if (storage == uniform || storage == uniformConstant)
            module.fail("it binds something else than storage buffers");
        if (storage != pushConstant && storage != storageBuffer) continue;
        const uint32_t structId = module.type(variable[1], 4)[3];
        if (storage == pushConstant) {
            result.pushBytes = (sizeOf(module, structId) + 3) / 4 * 4;
            continue;
        }
        const auto set = module.decorations.find({variable[2], descriptorSet});
        const auto number = module.decorations.find({variable[2], binding});
        if (set == module.decorations.end() || set->second != 0 || number == module.decorations.end() ||
            number->second > kMaxBinding) {
            module.fail("a binding of it is not in set 0");
        }
        if (result.bindings.size() <= number->second) result.bindings.resize(number->second + 1);
        auto& info = result.bindings[number->second];
        const bool readOnly = isReadOnly(module, variable[2], structId);
        info.readOnly = info.used ? info.readOnly && readOnly : readOnly;  // several blocks may share a binding
        info.used = true;
    }
    return result;
}

}  // namespace lares::vulkan
