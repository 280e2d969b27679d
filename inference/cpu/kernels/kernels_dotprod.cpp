// The kernels for Arm with the dot product instruction (since 2017); compiled with the flags that ../CMakeLists.txt
// gives it.
#define LARES_KERNELS dotprod
#include "inference/cpu/kernels/build.h"

namespace lares::inference::cpu {

extern const Kernels kDotprodKernels;
const Kernels kDotprodKernels = dotprod::makeTable("NEON");

}  // namespace lares::inference::cpu
