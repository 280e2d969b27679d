// A disk that fills up after any number of writes, for this process's SQLite: its unix VFS lets its system calls be
// replaced, so no small disk is needed.
#pragma once

#include <sqlite3.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>

namespace lares::storage_test {

class FullDisk {
 public:
    FullDisk() { replaceCalls(true); }
    ~FullDisk() { replaceCalls(false); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

    /// `afterWrites` still succeed; the next one writes half of what it was given, and all after that nothing.
    static void fill(long afterWrites, int error = ENOSPC) {
        s_errno = error;
        s_failed = false;
        s_writesLeft = afterWrites;
    }
    static void makeRoom() { s_writesLeft = -1; }
    static bool failed() { return s_failed; }

 private:
    template <typename Write>
    static ssize_t limited(std::size_t bytes, Write write) {
        if (s_writesLeft < 0) return write(bytes);
        if (s_writesLeft > 0) {
            --s_writesLeft;
            return write(bytes);
        }
        const bool first = !s_failed.exchange(true);
        if (first && bytes > 1) return write(bytes / 2);
        errno = s_errno;
        return -1;
    }
    static ssize_t limitedPwrite(int file, const void* data, std::size_t bytes, off_t offset) {
        return limited(bytes, [&](std::size_t n) { return pwrite(file, data, n, offset); });
    }
    static ssize_t limitedWrite(int file, const void* data, std::size_t bytes) {
        return limited(bytes, [&](std::size_t n) { return write(file, data, n); });
    }
    static void replaceCalls(bool on) {
        sqlite3_vfs* vfs = sqlite3_vfs_find("unix");
        const auto call = [on](auto function) {
            return on ? reinterpret_cast<sqlite3_syscall_ptr>(function) : nullptr;
        };
        vfs->xSetSystemCall(vfs, "pwrite", call(limitedPwrite));
        vfs->xSetSystemCall(vfs, "pwrite64", call(limitedPwrite));
        vfs->xSetSystemCall(vfs, "write", call(limitedWrite));
    }

    static inline std::atomic<long> s_writesLeft = -1;  ///< < 0: all succeed
    static inline std::atomic<int> s_errno = ENOSPC;
    static inline std::atomic<bool> s_failed = false;
};

}  // namespace lares::storage_test
