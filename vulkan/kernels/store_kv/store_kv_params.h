// Push constants of store_kv.comp.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct StoreKvParams {
    uint rows;
    uint width;
    uint capacity;
};
LARES_PARAMS_END
