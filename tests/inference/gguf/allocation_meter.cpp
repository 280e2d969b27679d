#include "tests/inference/gguf/allocation_meter.h"

#include <malloc.h>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

// Drivers have threads of their own; the tests that look at bytes run in one.
std::atomic<std::size_t> live = 0, peak = 0, baseline = 0;
thread_local std::size_t count = 0;

void* allocate(std::size_t size) noexcept {
    ++count;
    void* const memory = std::malloc(std::max<std::size_t>(size, 1));
    if (memory == nullptr) {
        return nullptr;
    }
    live += malloc_usable_size(memory);
    peak = std::max<std::size_t>(peak, live);
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
        live -= std::min<std::size_t>(live, malloc_usable_size(memory));
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
    peak = live.load();
    baseline = peak.load();
}

std::size_t allocationPeakBytes() {
    return peak - baseline;
}

std::size_t allocationCount() {
    return count;
}

}  // namespace lares::test
