// Push constants of attention.comp and attention_join.comp.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct AttentionParams {
    uint rows;
    uint headCount;
    uint headCountKv;
    uint capacity;
    uint splitLength;  // positions in a part
    uint splitCount;
    float scale;
};
LARES_PARAMS_END
