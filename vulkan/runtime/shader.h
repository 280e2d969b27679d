// A compute shader as it lies in the program: its name and its SPIR-V. The words are embedded by shaders.cmake.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lares::vulkan {

struct Shader {
    const char* name;                 ///< as given to lares_shader(NAME ...)
    std::span<const uint32_t> spirv;  ///< lives as long as the program
};

/// What a shader wants bound, read from its SPIR-V so that it is never typed by hand.
struct ShaderInterface {
    struct BindingInfo {
        bool used = false;
        bool readOnly = false;  ///< `readonly` in the GLSL: then, and only then, Access::read may be declared for it
    };
    std::vector<BindingInfo> bindings;  ///< by binding number; storage buffers of set 0
    uint32_t pushBytes = 0;             ///< size of the push constant block, a multiple of 4
};

/// Throws Error pipeline when the words are no SPIR-V, or use other sets or other kinds of bindings than storage
/// buffers.
ShaderInterface reflect(const Shader& shader);

}  // namespace lares::vulkan
