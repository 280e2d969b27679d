// The kernels for any processor of the architecture; compiled with the flags that ../CMakeLists.txt gives it.
#define LARES_KERNELS plain
#include "inference/cpu/kernels/build.h"

namespace lares::inference::cpu {

extern const Kernels kPlainKernels;
const Kernels kPlainKernels = plain::makeTable("Plain");

}  // namespace lares::inference::cpu
