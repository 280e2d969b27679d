// Push constants of row_product.glsl, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct RowProductParams {
    uint unitCount;   // pairs of rows of this dispatch
    uint firstUnit;   // of this dispatch among all queries', keys' and values'
    uint firstRow;    // the row of the whole product that the bound weights begin with
    uint endRow;      // the one behind their last
    uint upRow;       // the first that is no gate
    uint rowVectors;  // 16-byte words of a packed row
    uint columns;     // elements of a row: width of `in`
    uint rows;        // of the whole product; of the gates alone where there are gates; of queries where there are keys
    uint batch;       // rows of `in`
    uint biases;      // bit i: there is bias i
    uint hasResidual;
    float scale;    // of product and bias
    float epsilon;  // of the norm
    uint keyRows;   // headCountKv * headSize
    uint headSize;
    uint rotated;     // numbers of a head that turn
    float magnitude;  // of a turn
    uint capacity;    // positions of the cache
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif
