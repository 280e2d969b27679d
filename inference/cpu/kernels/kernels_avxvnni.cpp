// The kernels for AVX2 and the byte products of AVX-VNNI (Intel since 2021, AMD since 2024); compiled with the flags
// that ../CMakeLists.txt gives it.
#define LARES_KERNELS avxvnni
#include "inference/cpu/kernels/build.h"

namespace lares::inference::cpu {

extern const Kernels kAvxvnniKernels;
const Kernels kAvxvnniKernels = avxvnni::makeTable("AVX-VNNI");

}  // namespace lares::inference::cpu
