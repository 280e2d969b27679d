// The parts of vulkan/runtime that need no device: hazards, ranges, memory types, device choice, reflection, cache
// files.
#include <cstring>
#include <fstream>
#include <QTemporaryDir>
#include <QtTest>

#include "tst_vulkan_logic_shaders.h"
#include "vulkan/runtime/device_info.h"
#include "vulkan/runtime/error.h"
#include "vulkan/runtime/hazards.h"
#include "vulkan/runtime/memory_types.h"
#include "vulkan/runtime/pipeline_cache_file.h"
#include "vulkan/runtime/range_allocator.h"

using namespace lares::vulkan;

namespace {

constexpr VkMemoryPropertyFlags kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
constexpr VkMemoryPropertyFlags kHost = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
constexpr VkMemoryPropertyFlags kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
constexpr VkMemoryPropertyFlags kAmdDebugging =
    VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD | VK_MEMORY_PROPERTY_DEVICE_UNCACHED_BIT_AMD;
constexpr uint64_t kMiB = uint64_t{1} << 20;

struct Type {
    VkMemoryPropertyFlags flags;
    uint32_t heap;
};

VkPhysicalDeviceMemoryProperties memoryTable(std::vector<std::pair<uint64_t, bool>> heaps, std::vector<Type> types) {
    VkPhysicalDeviceMemoryProperties table{};
    for (const auto& [megabytes, local] : heaps) {
        table.memoryHeaps[table.memoryHeapCount++] = {
            megabytes * kMiB, local ? VkMemoryHeapFlags{VK_MEMORY_HEAP_DEVICE_LOCAL_BIT} : VkMemoryHeapFlags{0}};
    }
    for (const auto& type : types) table.memoryTypes[table.memoryTypeCount++] = {type.flags, type.heap};
    return table;
}

DeviceInfo deviceOf(const char* name, DeviceType type, uint64_t gigabytes, std::vector<std::string> missing = {}) {
    DeviceInfo info;
    info.name = name;
    info.type = type;
    info.driverName = "driver";
    info.memoryTotalBytes = gigabytes << 30;
    info.missing = std::move(missing);
    return info;
}

std::vector<std::byte> bytesOf(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

void writeBytes(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// What a driver's cache begins with, and some bytes.
std::vector<std::byte> cacheOf(const DeviceInfo& device) {
    std::vector<std::byte> data(100, std::byte{7});
    const std::array<uint32_t, 4> header{32, 1, device.vendorId, device.deviceId};
    std::memcpy(data.data(), header.data(), sizeof header);
    std::memcpy(data.data() + sizeof header, device.pipelineCacheUuid.data(), device.pipelineCacheUuid.size());
    return data;
}

}  // namespace

class TestVulkanLogic : public QObject {
    Q_OBJECT

 private slots:
    void hazards_data() {
        QTest::addColumn<bool>("firstWrites");
        QTest::addColumn<bool>("secondWrites");
        QTest::addColumn<int>("secondOffset");
        QTest::addColumn<bool>("otherBuffer");
        QTest::addColumn<bool>("barrier");
        QTest::newRow("read after read") << false << false << 0 << false << false;
        QTest::newRow("read after write") << true << false << 0 << false << true;
        QTest::newRow("write after read") << false << true << 0 << false << true;
        QTest::newRow("write after write") << true << true << 0 << false << true;
        QTest::newRow("one byte overlaps") << true << false << 99 << false << true;
        QTest::newRow("ranges touch, none overlaps") << true << true << 100 << false << false;
        QTest::newRow("ranges far apart") << true << true << 500 << false << false;
        QTest::newRow("the same range of another buffer") << true << true << 0 << true << false;
    }

    void hazards() {
        QFETCH(bool, firstWrites);
        QFETCH(bool, secondWrites);
        QFETCH(int, secondOffset);
        QFETCH(bool, otherBuffer);
        const int buffers[2]{};
        const RangeAccess first{&buffers[0], 0, 100, !firstWrites, firstWrites};
        const RangeAccess second{&buffers[otherBuffer ? 1 : 0], static_cast<uint64_t>(secondOffset), 100, !secondWrites,
                                 secondWrites};
        HazardTracker tracker;
        QVERIFY(!tracker.step({&first, 1}));
        QTEST(tracker.step({&second, 1}), "barrier");
        QCOMPARE(conflict(second, first), conflict(first, second));
    }

    void aBarrierForgetsWhatWasBefore() {
        const int buffers[3]{};
        const auto access = [&](int i, bool writes) { return RangeAccess{&buffers[i], 0, 8, !writes, writes}; };
        const auto step = [](HazardTracker& tracker, std::vector<RangeAccess> accesses) {
            return tracker.step(accesses);
        };
        HazardTracker tracker;
        QVERIFY(!step(tracker, {access(0, true)}));
        QVERIFY(!step(tracker, {access(1, true)}));
        QVERIFY(step(tracker, {access(0, false), access(2, true)}));
        QVERIFY(!step(tracker, {access(1, false)}));                   // written before the barrier
        QVERIFY(step(tracker, {access(2, false)}));                    // written after it
        QVERIFY(!step(tracker, {access(0, true), access(0, false)}));  // one step's accesses among themselves
    }

    void rangesAreTakenGivenAndJoined() {
        RangeAllocator ranges(1000);
        QCOMPARE(ranges.take(100, 1).value(), uint64_t{0});
        QCOMPARE(ranges.take(100, 256).value(), uint64_t{256});
        QCOMPARE(ranges.take(156, 1).value(), uint64_t{100});  // fits the gap exactly: best fit
        QVERIFY(!ranges.take(645, 1));
        QCOMPARE(ranges.freeBytes(), uint64_t{644});
        ranges.give(0, 100);
        ranges.give(256, 100);
        QVERIFY(!ranges.empty());
        ranges.give(100, 156);
        QVERIFY(ranges.empty());
        QCOMPARE(ranges.take(1000, 16).value(), uint64_t{0});
        QVERIFY(!ranges.take(1, 1));
    }

    void randomRangesNeverOverlap() {
        RangeAllocator ranges(1 << 16);
        std::vector<std::pair<uint64_t, uint64_t>> held;
        QRandomGenerator random(4711);
        for (int i = 0; i < 2000; ++i) {
            if (random.bounded(3) > 0) {
                const auto size = uint64_t{random.bounded(1u, 3000u)};
                const auto alignment = uint64_t{1} << random.bounded(9);
                const auto offset = ranges.take(size, alignment);
                if (!offset) continue;
                QCOMPARE(*offset % alignment, uint64_t{0});
                QVERIFY(*offset + size <= ranges.size());
                for (const auto& [start, length] : held) QVERIFY(*offset + size <= start || start + length <= *offset);
                held.emplace_back(*offset, size);
            } else if (!held.empty()) {
                std::swap(held[random.bounded(static_cast<quint32>(held.size()))], held.back());
                ranges.give(held.back().first, held.back().second);
                held.pop_back();
            }
            uint64_t sum = ranges.freeBytes();
            for (const auto& [start, length] : held) sum += length;
            QCOMPARE(sum, ranges.size());
        }
        for (const auto& [start, length] : held) ranges.give(start, length);
        QVERIFY(ranges.empty());
    }

    void memoryTypes() {
        using Order = std::vector<uint32_t>;
        // A discrete card without resizable BAR: its 256 MiB window is not taken for weights.
        const auto smallWindow = memoryTable(
            {{8192, true}, {16384, false}, {256, true}},
            {{kLocal, 0}, {kHost, 1}, {kLocal | kHost, 2}, {kHost | kCached, 1}, {kLocal | kAmdDebugging, 0}});
        QCOMPARE(mainHeap(smallWindow), 0u);
        QVERIFY(!hostSeesMainHeap(smallWindow));
        QCOMPARE(memoryTypesFor(smallWindow, MemoryUse::device), Order{0});
        QCOMPARE(memoryTypesFor(smallWindow, MemoryUse::upload), (Order{1, 3, 2}));
        QCOMPARE(memoryTypesFor(smallWindow, MemoryUse::readback), (Order{3, 1, 2}));
        // With resizable BAR the mapped type of the same heap comes first.
        const auto resizableBar = memoryTable({{8192, true}, {16384, false}},
                                              {{kLocal, 0}, {kHost, 1}, {kLocal | kHost, 0}, {kHost | kCached, 1}});
        QVERIFY(hostSeesMainHeap(resizableBar));
        QCOMPARE(memoryTypesFor(resizableBar, MemoryUse::device), (Order{2, 0}));
        // Unified memory in one type, as on lavapipe.
        const auto unified = memoryTable({{2048, true}}, {{kLocal | kHost | kCached, 0}});
        for (const auto use : {MemoryUse::device, MemoryUse::upload, MemoryUse::readback}) {
            QCOMPARE(memoryTypesFor(unified, use), Order{0});
        }
    }

    void devicesAreOrderedAndJudged() {
        std::vector<DeviceInfo> devices{
            deviceOf("Soft", DeviceType::software, 64), deviceOf("Small", DeviceType::discrete, 8),
            deviceOf("Old", DeviceType::discrete, 99, {"timeline semaphores", "16-bit storage"}),
            deviceOf("Chip", DeviceType::integrated, 32), deviceOf("Big", DeviceType::discrete, 24)};
        judgeDevices(devices);
        std::vector<std::string> names;
        for (const auto& device : devices) names.push_back(device.name);
        QCOMPARE(names, (std::vector<std::string>{"Big", "Small", "Chip", "Soft", "Old"}));
        for (uint32_t i = 0; i < devices.size(); ++i) QCOMPARE(devices[i].index, i);
        QVERIFY(devices[0].preferred && !devices[1].preferred && !devices[4].usable);
        QVERIFY(devices[0].verdict.starts_with("Used: "));
        QVERIFY(devices[2].verdict.find("Big comes first; \"vulkan:2\"") != std::string::npos);
        QCOMPARE(devices[4].verdict, "Not used: Old (driver driver) lacks timeline semaphores and 16-bit storage.");
    }

    void softwareIsUsedAndNamedWhenAlone() {
        std::vector<DeviceInfo> devices{deviceOf("llvmpipe", DeviceType::software, 2)};
        judgeDevices(devices);
        QVERIFY(devices[0].preferred);
        QVERIFY(devices[0].verdict.find("llvmpipe computes in software") != std::string::npos);
        devices.push_back(deviceOf("Broken", DeviceType::discrete, 8, {"16-bit storage"}));
        judgeDevices(devices);
        QVERIFY(devices[0].name == "llvmpipe" && devices[0].preferred);
        devices.clear();
        judgeDevices(devices);
        QVERIFY(devices.empty());
    }

    void reflection() {
        const auto interface = reflect(shaders::odd_push);
        QCOMPARE(interface.pushBytes, 100u);
        QCOMPARE(interface.bindings.size(), size_t{4});
        const std::array used{true, false, true, true};
        const std::array readOnly{true, false, false, false};  // binding 3 is written through its second view
        for (size_t i = 0; i < used.size(); ++i) {
            QCOMPARE(interface.bindings[i].used, used[i]);
            QCOMPARE(interface.bindings[i].readOnly, readOnly[i]);
        }
    }

    void reflectionOfDamagedWordsThrowsOrEnds() {
        const std::vector<uint32_t> whole(shaders::odd_push.spirv.begin(), shaders::odd_push.spirv.end());
        const auto refused = [](std::span<const uint32_t> words) {
            try {
                reflect({"damaged", words});
            } catch (const Error& error) {
                return error.kind() == ErrorKind::pipeline;
            }
            return false;
        };
        QVERIFY(refused({}));
        QVERIFY(refused({whole.data(), 4}));
        QVERIFY(refused(std::vector<uint32_t>(10, 0u)));
        QVERIFY(refused({whole.data(), 9}));  // inside the first instruction with words of its own
        QRandomGenerator random(99);
        for (int i = 0; i < 3000; ++i) {  // no crash, no endless loop; ASan watches
            auto words = whole;
            for (int k = 0; k < 4; ++k) words[random.bounded(static_cast<quint32>(words.size()))] = random.generate();
            refused(words);
        }
    }

    void cacheFileComesBackAsWritten() {
        const QTemporaryDir folder;
        DeviceInfo device;
        device.vendorId = 0x10de;
        device.deviceUuid.fill(0xab);
        device.pipelineCacheUuid.fill(9);
        const auto path =
            pipelineCachePath(std::filesystem::path(folder.path().toStdString()) / "new" / "deep", device);
        QVERIFY(path.filename().string().starts_with("pipelines-abab"));
        QVERIFY(readPipelineCache(path, device).empty());
        const auto data = cacheOf(device);
        QVERIFY(writePipelineCache(path, data));
        QVERIFY(writePipelineCache(path, data));
        QVERIFY(readPipelineCache(path, device) == data);
        QCOMPARE(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);  // nothing left over

        auto other = device;
        other.pipelineCacheUuid.fill(8);  // another driver version
        QVERIFY(readPipelineCache(path, other).empty());
        other = device;
        other.deviceId = 77;
        QVERIFY(readPipelineCache(path, other).empty());
        QVERIFY(!writePipelineCache(std::filesystem::path("/proc/no/such/folder/file.bin"), data));
    }

    void damagedCacheFilesAreNotRead() {
        const QTemporaryDir folder;
        const DeviceInfo device;
        const std::filesystem::path path = folder.filePath("cache.bin").toStdString();
        QVERIFY(writePipelineCache(path, cacheOf(device)));
        const auto whole = bytesOf(path);
        for (size_t length = 0; length < whole.size(); ++length) {
            writeBytes(path, {whole.data(), length});
            QVERIFY(readPipelineCache(path, device).empty());
        }
        for (size_t i = 0; i < whole.size(); ++i) {
            auto flipped = whole;
            flipped[i] ^= std::byte{16};
            writeBytes(path, flipped);
            QVERIFY(readPipelineCache(path, device).empty());
        }
        writeBytes(path, whole);
        QVERIFY(!readPipelineCache(path, device).empty());
    }
};

QTEST_GUILESS_MAIN(TestVulkanLogic)
#include "tst_vulkan_logic.moc"
