// Push constants of rms_norm.comp.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct RmsNormParams {
    uint rows;
    uint width;
    float epsilon;
};
LARES_PARAMS_END
