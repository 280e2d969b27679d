// Push constants of gather_rows.comp.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct GatherRowsParams {
    uint inRows;
    uint width;
};
LARES_PARAMS_END
