// Push constants of gated.comp.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct GatedParams {
    uint count;
};
LARES_PARAMS_END
