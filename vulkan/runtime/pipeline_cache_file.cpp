#include "vulkan/runtime/pipeline_cache_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace lares::vulkan {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "LARESPC1";
constexpr size_t kHeaderBytes = 16;
constexpr size_t kMaxFileBytes = size_t{512} << 20;

/// VkPipelineCacheHeaderVersionOne as it lies in memory.
struct DriverHeader {
    uint32_t headerBytes;
    uint32_t version;
    uint32_t vendorId;
    uint32_t deviceId;
    Uuid uuid;
};
static_assert(sizeof(DriverHeader) == 32);

uint64_t fnv1a(std::span<const std::byte> bytes) {
    uint64_t hash = 0xcbf29ce484222325;
    for (const std::byte byte : bytes) hash = (hash ^ static_cast<uint64_t>(byte)) * 0x100000001b3;
    return hash;
}

std::string hex(const Uuid& uuid) {
    std::string text;
    for (const uint8_t byte : uuid) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

}  // namespace

std::filesystem::path pipelineCachePath(const std::filesystem::path& folder, const DeviceInfo& device) {
    return folder / ("pipelines-" + hex(device.deviceUuid) + "-" + hex(device.driverUuid) + ".bin");
}

std::vector<std::byte> readPipelineCache(const std::filesystem::path& path, const DeviceInfo& device) {
    std::error_code error;
    const auto fileBytes = std::filesystem::file_size(path, error);
    if (error || fileBytes < kHeaderBytes + sizeof(DriverHeader) || fileBytes > kMaxFileBytes) return {};

    std::ifstream file(path, std::ios::binary);
    std::array<char, kHeaderBytes> header{};
    std::vector<std::byte> data(fileBytes - kHeaderBytes);
    file.read(header.data(), header.size());
    file.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(data.size()));
    if (!file || std::string_view(header.data(), kMagic.size()) != kMagic) return {};

    uint64_t hash = 0;
    std::memcpy(&hash, header.data() + kMagic.size(), sizeof hash);
    if (hash != fnv1a(data)) return {};

    DriverHeader driver{};
    std::memcpy(&driver, data.data(), sizeof driver);
    const bool ours = driver.headerBytes >= sizeof driver && driver.headerBytes <= data.size() && driver.version == 1 &&
                      driver.vendorId == device.vendorId && driver.deviceId == device.deviceId &&
                      driver.uuid == device.pipelineCacheUuid;
    return ours ? data : std::vector<std::byte>{};
}

bool writePipelineCache(const std::filesystem::path& path, std::span<const std::byte> data) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    auto beside = path;
    beside += ".new" + std::to_string(std::random_device{}());  // two programs may be saving at the same time
    {
        std::ofstream file(beside, std::ios::binary | std::ios::trunc);
        const uint64_t hash = fnv1a(data);
        file.write(kMagic.data(), kMagic.size());
        file.write(reinterpret_cast<const char*>(&hash), sizeof hash);
        file.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
        file.close();
        if (!file) error = std::make_error_code(std::errc::io_error);
    }
    if (!error) std::filesystem::rename(beside, path, error);
    if (!error) return true;
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return false;
}

}  // namespace lares::vulkan
