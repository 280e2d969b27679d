// Push constants of expert_matvec.glsl and expert_matmul.glsl, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct ExpertMatmulParams {
    uint firstRow;     // of the window in the matrices of all experts
    uint rowCount;     // of the window
    uint rowVectors;   // 16-byte words of a packed row
    uint chunks;       // of a row
    uint columns;      // elements of a row: width of `in`
    uint outWidth;     // rows of one expert's matrix: width of `out`
    uint pairs;        // rows of `out`
    uint pairsPerRow;  // how many of them read the same row of `in`
    uint hasBias;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif
