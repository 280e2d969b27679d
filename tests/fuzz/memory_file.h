// A file without a disk, for readers that want a path.
#pragma once

#include <sys/mman.h>
#include <unistd.h>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>

namespace lares::test {

class MemoryFile {
 public:
    explicit MemoryFile(std::span<const std::uint8_t> bytes) : m_descriptor(::memfd_create("model", MFD_CLOEXEC)) {
        if (m_descriptor < 0 ||
            ::write(m_descriptor, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
            std::abort();
        }
    }
    ~MemoryFile() { ::close(m_descriptor); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

 private:
    int m_descriptor;
};

}  // namespace lares::test
