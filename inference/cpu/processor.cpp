#include "inference/cpu/processor.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string_view>
#include <thread>

#ifdef __linux__
#include <sched.h>
#include <unistd.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace lares::inference::cpu {

extern const Kernels kPlainKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels, kAvxvnniKernels, kAvx512vnniKernels;
#endif

namespace {

#if defined(__x86_64__)
/// Half precision: bit 29 of ECX of leaf 1. (Clang 14 has no name for it.) Its registers are those of AVX.
bool hasF16c() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c >> 29 & 1) != 0;
}

/// AVX-VNNI: bit 4 of EAX of leaf 7, subleaf 1. (GCC 12 has no name for it.)
bool hasAvxVnni() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 4 & 1) != 0;
}
#endif

std::vector<const Kernels*> findKernels() {
    std::vector<const Kernels*> usable;
#if defined(__x86_64__)
    // These ask the system, too: registers that it does not save cannot be used.
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && hasF16c();
    if (avx2) usable.push_back(&kAvx2Kernels);
    if (avx2 && __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl")) {
        usable.push_back(&kAvx512vnniKernels);
    }
    if (avx2 && hasAvxVnni()) usable.push_back(&kAvxvnniKernels);
#endif
    usable.push_back(&kPlainKernels);
    return usable;
}

/// The value of "key : value" or "key: value", up to the end of the line; empty where there is none.
std::string fieldOf(const char* path, std::string_view key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || !line.starts_with(key)) continue;
        if (line.find_last_not_of(" \t", colon - 1) + 1 != key.size()) continue;
        const std::size_t first = line.find_first_not_of(" \t", colon + 1);
        return first == std::string::npos ? std::string() : line.substr(first);
    }
    return {};
}

std::uint64_t kibibytesOf(std::string_view key) {
    const std::string value = fieldOf("/proc/meminfo", key);
    return value.empty() ? 0 : std::strtoull(value.c_str(), nullptr, 10) * 1024;
}

/// Two threads of one core share what computes, so one of them is enough.
std::uint32_t physicalCores() {
#ifdef __linux__
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        std::set<std::string> cores;
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (!CPU_ISSET(cpu, &allowed)) continue;
            const std::string topology = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
            std::string siblings;
            std::ifstream file(topology + "thread_siblings_list");
            cores.insert(std::getline(file, siblings) ? siblings : std::to_string(cpu));
        }
        if (!cores.empty()) return static_cast<std::uint32_t>(cores.size());
    }
#endif
    return std::max(1u, std::thread::hardware_concurrency());
}

std::string nameOfProcessor() {
    for (const char* key : {"model name", "Model", "Hardware"}) {
        if (std::string name = fieldOf("/proc/cpuinfo", key); !name.empty()) return name;
    }
    return "the processor";
}

}  // namespace

ProcessorInfo describeProcessor() {
    ProcessorInfo info;
    info.name = nameOfProcessor();
    for (const Kernels* kernels : usableKernels().first(usableKernels().size() - 1)) {
        info.features.emplace_back(kernels->name);
    }
    info.cores = physicalCores();
    info.memoryTotalBytes = kibibytesOf("MemTotal");
    info.memoryFreeBytes = kibibytesOf("MemAvailable");
#ifdef __linux__
    if (info.memoryTotalBytes == 0) {
        const auto page = static_cast<std::uint64_t>(std::max(0l, sysconf(_SC_PAGESIZE)));
        info.memoryTotalBytes = page * static_cast<std::uint64_t>(std::max(0l, sysconf(_SC_PHYS_PAGES)));
    }
#endif
    if (info.memoryFreeBytes == 0) info.memoryFreeBytes = info.memoryTotalBytes;
    return info;
}

std::span<const Kernels* const> usableKernels() {
    static const std::vector<const Kernels*> kUsable = findKernels();
    return kUsable;
}

}  // namespace lares::inference::cpu
