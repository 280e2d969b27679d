// Push constants of matvec.glsl and matmul.glsl, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct MatmulParams {
    uint firstRow;    // of the window in the whole matrix
    uint rowCount;    // of the window
    uint rowVectors;  // 16-byte words of a packed row
    uint chunks;      // of a row
    uint columns;     // elements of a row: width of `in`
    uint outWidth;    // rows of the whole matrix: width of `out`
    uint batch;       // rows of `in`
    uint hasBias;
    uint hasResidual;
    float scale;  // of product and bias
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif
