// The kernels for AVX2, FMA and F16C (x86 since 2013); compiled with the flags that ../CMakeLists.txt gives it.
#define LARES_KERNELS avx2
#include "inference/cpu/kernels/build.h"

namespace lares::inference::cpu {

extern const Kernels kAvx2Kernels;
const Kernels kAvx2Kernels = avx2::makeTable("AVX2");

}  // namespace lares::inference::cpu
