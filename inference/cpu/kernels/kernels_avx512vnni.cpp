// The kernels for AVX2 and the byte products of AVX-512, on registers of 256 bits (Intel since 2019, AMD since 2022);
// compiled with the flags that ../CMakeLists.txt gives it.
#define LARES_KERNELS avx512vnni
#include "inference/cpu/kernels/build.h"

namespace lares::inference::cpu {

extern const Kernels kAvx512vnniKernels;
const Kernels kAvx512vnniKernels = avx512vnni::makeTable("AVX-512 VNNI");

}  // namespace lares::inference::cpu
