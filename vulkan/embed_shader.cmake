# cmake -D NAME=... -D SPV=... -D CPP=... -P embed_shader.cmake: a SPIR-V file becomes a C++ array of its words.
file(READ ${SPV} hex HEX)
# The file is little-endian: four bytes aabbccdd are the word 0xddccbbaa.
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1," words "${hex}")
string(REGEX REPLACE "((0x........,)(0x........,)(0x........,)(0x........,)(0x........,)(0x........,)(0x........,)(0x........,))"
       "\\1\n" words "${words}")
file(WRITE ${CPP} "// Generated from the shader ${NAME}.
#include \"vulkan/runtime/shader.h\"

namespace lares::vulkan::shaders {

static constexpr uint32_t kWords[] = {
${words}
};
extern const Shader ${NAME};
const Shader ${NAME}{\"${NAME}\", kWords};

}  // namespace lares::vulkan::shaders
")
