// Push constants of rope.comp.
#include "../common/params.h"

LARES_PARAMS_BEGIN
struct RopeParams {
    uint rows;
    uint headCount;
    uint headSize;
    uint pairs;  // rotated / 2
    float magnitude;
};
LARES_PARAMS_END
