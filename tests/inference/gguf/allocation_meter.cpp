#include "tests/inference/gguf/allocation_meter.h"

#include <malloc.h>
#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

// The tests that use this run in one thread.
std::size_t live = 0, peak = 0, baseline = 0;

void* allocate(std::size_t size) noexcept {
    void* const memory = std::malloc(std::max<std::size_t>(size, 1));
    if (memory == nullptr) {
        return nullptr;
    }
    live += malloc_usable_size(memory);
    peak = std::max(peak, live);
    return memory;
}

void* allocateOrThrow(std::size_t size) {
    void* const memory = allocate(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

void release(void* memory) noexcept {
    if (memory != nullptr) {
        live -= std::min(live, malloc_usable_size(memory));
        std::free(memory);
    }
}

}  // namespace

void* operator new(std::size_t size) {
    return allocateOrThrow(size);
}
void* operator new[](std::size_t size) {
    return allocateOrThrow(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    release(memory);
}
void operator delete[](void* memory) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    release(memory);
}

namespace lares::test {

void resetAllocationPeak() {
    baseline = peak = live;
}

std::size_t allocationPeakBytes() {
    return peak - baseline;
}

}  // namespace lares::test
