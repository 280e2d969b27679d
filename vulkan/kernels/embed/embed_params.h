// Push constants of embed.glsl.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct EmbedParams {
    uint firstRow;    // of the window
    uint rowCount;    // of the window
    uint rowVectors;  // 16-byte words of a packed row
    uint chunks;      // of a row
    uint columns;
};
LARES_PARAMS_END
