// Push constants of add.comp.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct AddParams {
    uint count;
};
LARES_PARAMS_END
