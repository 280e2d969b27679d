// vulkan/runtime on a device, with validation and synchronisation validation on: any message fails.
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/support/vulkan_test.h"
#include "tst_vulkan_runtime_shaders.h"
#include "vulkan/runtime/command_list.h"
#include "vulkan/runtime/command_list_state.h"
#include "vulkan/runtime/profiler.h"
#include "vulkan/runtime/uploader.h"

using namespace lares::vulkan;
using lares::tests::VulkanTest;

namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

struct ScaleAddParams {
    uint32_t count;
    uint32_t addend;
};

std::span<uint32_t> wordsOf(const Buffer& buffer) {
    return {reinterpret_cast<uint32_t*>(buffer.mapped().data()), buffer.size() / 4};
}

std::vector<std::byte> pattern(size_t size) {
    std::vector<std::byte> bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 2654435761u) >> 13);
    return bytes;
}

/// Runs `work`, which has to throw an Error of this kind, and returns its sentence.
template <class Work>
std::string sentenceOf(ErrorKind kind, Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error.kind() == kind ? error.what() : "(another kind) " + std::string(error.what());
    }
    return "(nothing thrown)";
}

#define VERIFY_CONTAINS(text, part) \
    if (const std::string all = (text); true) QVERIFY2(all.find(part) != std::string::npos, all.c_str())

}  // namespace

class TestVulkanRuntime : public QObject {
    Q_OBJECT

 private:
    VulkanTest m_gpu;
    Device& m_device = m_gpu.device();

    Buffer readbackOf(uint64_t bytes) { return m_device.createBuffer(bytes, MemoryUse::readback, "results"); }

    std::vector<std::byte> download(Device& device, const BufferView& view) {
        const Buffer target = device.createBuffer(view.size, MemoryUse::readback, "download");
        CommandList list(device, "download");
        list.copy(view, target);
        list.finish();
        device.wait(device.submit(list));
        const auto bytes = target.mapped();
        return {bytes.begin(), bytes.end()};
    }

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void listing() {
        QVERIFY(m_gpu.instance().validationActive());
        const Instance plain;
        QVERIFY(!plain.validationActive());
        QVERIFY(!plain.devices().empty());
        QVERIFY(plain.whyEmpty().empty());
        const auto& device = plain.devices()[plain.preferredDevice()];
        QVERIFY(device.usable && device.preferred && device.index == 0);
        QVERIFY(device.verdict.starts_with("Used: "));
        QVERIFY(!device.name.empty() && !device.driverName.empty() && device.apiVersionText.starts_with("1."));
        QVERIFY(device.memoryTotalBytes > 0 && device.memoryFreeBytes <= device.memoryTotalBytes);
        QVERIFY(device.limits.maxStorageBufferRangeBytes >= 128 * kMiB - 1);
        QVERIFY(device.limits.maxSharedMemoryBytes >= 16384 && device.limits.maxPushConstantBytes >= 128);
        QVERIFY(device.limits.minSubgroupSize <= device.limits.maxSubgroupSize && device.limits.subgroupSize > 0);
        QCOMPARE(m_device.info().name, device.name);
    }

    void unknownDeviceIsRefused() {
        const auto sentence = sentenceOf(ErrorKind::noDevice, [&] { Device(m_gpu.instance(), 99); });
        VERIFY_CONTAINS(sentence, "\"vulkan:99\"");
    }

    // The fixture would be worth nothing if a mistake went unnoticed: make two, and see them told.
    void validationMessagesArrive() {
        m_device.pipeline(shaders::scale_add, {{m_device.info().limits.maxWorkgroupInvocations + 1, 1}});
        VERIFY_CONTAINS(m_gpu.takeMessages(), "VUID-");
    }

    void missingBarriersAreReported() {
        const Buffer words = readbackOf(256);
        const Buffer sums = readbackOf(256);
        CommandList list(m_device, "mistake");
        list.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {1});
        list.state().hazards.clear();  // forget, as if the step before had not been declared
        list.dispatch(m_device.pipeline(shaders::scale_add, {{64, 1}}), {read(words), write(sums)},
                      ScaleAddParams{64, 1}, {1});
        list.finish();
        VERIFY_CONTAINS(m_gpu.takeMessages(), "SYNC-HAZARD");
    }

    void buffersAreMappedAsTheirUseSays() {
        const Buffer upload = m_device.createBuffer(1000, MemoryUse::upload, "upload");
        const Buffer readback = m_device.createBuffer(1000, MemoryUse::readback, "readback");
        const Buffer device = m_device.createBuffer(1000, MemoryUse::device, "device");
        QCOMPARE(upload.mapped().size(), size_t{1000});
        QCOMPARE(readback.mapped().size(), size_t{1000});
        QCOMPARE(device.mapped().empty(), !m_device.info().features.hostVisibleDeviceMemory);
        QCOMPARE(device.name(), "device");
        const BufferView part = BufferView(upload, 100, 50).sub(10, 20);
        QCOMPARE(part.mapped().data(), upload.mapped().data() + 110);
        QCOMPARE(part.mapped().size(), size_t{20});

        const uint64_t before = m_device.allocatedBytes();
        {
            Buffer large = m_device.createBuffer(300 * kMiB, MemoryUse::device, "large");
            QVERIFY(m_device.allocatedBytes() >= before + 300 * kMiB);
            const Buffer moved = std::move(large);
            QVERIFY(!large && moved.size() == 300 * kMiB);  // NOLINT: what is left is what is tested
        }
        QCOMPARE(m_device.allocatedBytes(), before);
    }

    void piecesOfABlockDoNotOverlap() {
        std::vector<Buffer> buffers;
        for (uint32_t i = 0; i < 200; ++i) {
            buffers.push_back(m_device.createBuffer(4 + i * 4, MemoryUse::upload, "piece"));
            std::ranges::fill(wordsOf(buffers.back()), i);
        }
        for (uint32_t i = 0; i < 200; i += 2) buffers[i] = m_device.createBuffer(40, MemoryUse::upload, "piece");
        for (uint32_t i = 0; i < 200; i += 2) std::ranges::fill(wordsOf(buffers[i]), 1000 + i);
        for (uint32_t i = 0; i < 200; ++i) {
            for (const uint32_t word : wordsOf(buffers[i])) QCOMPARE(word, i % 2 ? i : 1000 + i);
        }
    }

    void uploads_data() {
        QTest::addColumn<bool>("hostVisible");
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("granule");
        for (const bool hostVisible : {true, false}) {
            for (const auto& [size, granule] : {std::pair{1, 1},
                                                {4096, 18},
                                                {300'000, 144},
                                                {1'048'576, 1},
                                                {5'000'003, 18},
                                                {5'000'000, 1'000'000}}) {
                QTest::addRow("%s, %d bytes by %d", hostVisible ? "direct" : "staged", size, granule)
                    << hostVisible << size << granule;
            }
        }
    }

    void uploads() {
        QFETCH(bool, hostVisible);
        QFETCH(int, size);
        QFETCH(int, granule);
        Device device(m_gpu.instance(), m_device.info().index, {.cacheFolder = {}, .hostVisibleMemory = hostVisible});
        const auto total = static_cast<uint64_t>(size);
        const auto bytes = pattern(total + 64);
        const Buffer buffer = device.createBuffer(total + 64, MemoryUse::device, "weights");
        if (!hostVisible) QVERIFY(buffer.mapped().empty());
        Uploader uploader(device, kMiB);  // several times smaller than the largest row
        uploader.upload(BufferView(buffer, total, 64), std::span(bytes).last(64));
        uint64_t expectedOffset = 0;
        uploader.upload(
            {buffer, 0, total},
            [&](std::span<std::byte> part, uint64_t offset) {
                QCOMPARE(offset, expectedOffset);
                expectedOffset += part.size();
                if (expectedOffset < total) QCOMPARE(part.size() % static_cast<uint64_t>(granule), uint64_t{0});
                std::memcpy(part.data(), bytes.data() + offset, part.size());
            },
            static_cast<uint64_t>(granule));
        QCOMPARE(expectedOffset, total);
        uploader.flush();
        QVERIFY(download(device, buffer) == bytes);
    }

    void manySmallUploads() {
        Device device(m_gpu.instance(), m_device.info().index, {.cacheFolder = {}, .hostVisibleMemory = false});
        const auto bytes = pattern(2'000'000);
        const Buffer buffer = device.createBuffer(bytes.size(), MemoryUse::device, "norms");
        Uploader uploader(device);
        for (uint64_t offset = 0; offset < bytes.size(); offset += 1000) {
            uploader.upload({buffer, offset, 1000}, std::span(bytes).subspan(offset, 1000));
        }
        QVERIFY(device.allocatedBytes() < 64 * kMiB);  // staging grows with need
        uploader.flush();
        QVERIFY(download(device, buffer) == bytes);
    }

    void dispatchReadsItsConstantsBindingsAndParameters() {
        constexpr uint32_t kCount = 1000;
        const Buffer source = m_device.createBuffer(kCount * 4, MemoryUse::upload, "source");
        const Buffer target = readbackOf(kCount * 4 + 256);
        std::iota(wordsOf(source).begin(), wordsOf(source).end(), 0u);
        std::ranges::fill(wordsOf(target), 7u);
        const auto& pipeline = m_device.pipeline(shaders::scale_add, {{64, 3}});
        QCOMPARE(pipeline.name(), "scale_add(64,3)");
        QCOMPARE(&m_device.pipeline(shaders::scale_add, {{64, 3}}), &pipeline);
        QVERIFY(&m_device.pipeline(shaders::scale_add, {{32, 3}}) != &pipeline);

        CommandList list(m_device, "scale and add");
        list.dispatch(pipeline, {read(source), write({target, 256, kCount * 4})}, ScaleAddParams{kCount, 5}, {16});
        list.dispatch(pipeline, {read(source), write(target)}, ScaleAddParams{kCount, 5}, {0});  // no groups: no step
        list.finish();
        QCOMPARE(list.stepCount(), 1u);
        const uint64_t value = m_device.submit(list);
        m_device.wait(value);
        QVERIFY(m_device.finished(value) && !m_device.finished(value + 1));
        const auto words = wordsOf(target);
        for (uint32_t i = 0; i < 64; ++i) QCOMPARE(words[i], 7u);
        for (uint32_t i = 0; i < kCount; ++i) QCOMPARE(words[64 + i], i * 3 + 5);
    }

    void barriersStandOnlyWhereAHazardIs() {
        const Buffer a = readbackOf(1024);
        const Buffer b = readbackOf(1024);
        const Buffer c = readbackOf(1024);
        const auto& pipeline = m_device.pipeline(shaders::scale_add, {{64, 2}});
        const auto run = [&](CommandList& list, BufferView from, BufferView to) {
            list.dispatch(pipeline, {read(from), write(to)}, ScaleAddParams{64, 1}, {1});
        };
        CommandList list(m_device, "hazards");
        list.fill({a, 0, 256}, 10);
        list.fill({a, 256, 256}, 20);
        list.fill(c, 0);
        QCOMPARE(list.barrierCount(), 0u);  // disjoint
        run(list, {a, 0, 256}, {b, 0, 256});
        QCOMPARE(list.barrierCount(), 1u);  // read after write
        run(list, {a, 256, 256}, {b, 256, 256});
        QCOMPARE(list.barrierCount(), 1u);  // written before the barrier
        run(list, {a, 256, 256}, {b, 0, 256});
        QCOMPARE(list.barrierCount(), 2u);  // write after write
        list.copy({b, 256, 256}, {c, 0, 256});
        QCOMPARE(list.barrierCount(), 2u);
        run(list, {a, 0, 256}, {b, 256, 256});
        QCOMPARE(list.barrierCount(), 3u);  // write after read, from copy to dispatch
        list.finish();
        m_device.wait(m_device.submit(list));
        QCOMPARE(wordsOf(b)[0], 41u);
        QCOMPARE(wordsOf(b)[64], 21u);
        QCOMPARE(wordsOf(c)[0], 41u);
    }

    void aListRunsAHundredTimes() {
        const Buffer words = readbackOf(4096);
        std::ranges::fill(wordsOf(words), 0u);
        CommandList list(m_device, "again");
        list.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {16});
        list.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {16});
        list.finish();
        QCOMPARE(list.barrierCount(), 1u);
        uint64_t value = 0;
        for (int i = 0; i < 50; ++i) value = m_device.submit(list);  // queued without waiting
        m_device.wait(value);
        for (const uint32_t word : wordsOf(words)) QCOMPARE(word, 100u);
        for (int i = 0; i < 50; ++i) {
            m_device.wait(m_device.submit(list));
            QCOMPARE(wordsOf(words)[1023], 102u + 2 * static_cast<uint32_t>(i));
        }
    }

    void severalListsRunInOrder() {
        const Buffer words = readbackOf(256);
        CommandList zero(m_device, "zero");
        zero.fill(words, 0);
        zero.finish();
        CommandList one(m_device, "one");
        one.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {1});
        one.finish();
        m_device.wait(m_device.submit(std::array<const CommandList*, 4>{&one, &zero, &one, &one}));
        QCOMPARE(wordsOf(words)[63], 2u);
    }

    void aListIsRecordedAgainAfterReset() {
        const Buffer words = readbackOf(256);
        CommandList list(m_device, "changing");
        for (uint32_t round = 0; round < 3; ++round) {
            list.fill(words, round * 10);
            // More sets than one pool holds.
            for (uint32_t i = 0; i < 100; ++i) {
                list.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {1});
            }
            list.finish();
            QCOMPARE(list.stepCount(), 101u);
            m_device.wait(m_device.submit(list));
            QCOMPARE(wordsOf(words)[0], round * 10 + 100);
            list.reset();
        }
        CommandList moved = std::move(list);
        moved.finish();
        m_device.wait(m_device.submit(moved));  // empty
    }

    void copyAndFillKeepToTheirRange() {
        const Buffer a = m_device.createBuffer(1024, MemoryUse::upload, "a");
        const Buffer b = readbackOf(1024);
        for (size_t i = 0; i < 1024; ++i) a.mapped()[i] = static_cast<std::byte>(i);
        CommandList list(m_device, "copy and fill");
        list.fill(b, 0xffffffff);
        list.copy({a, 3, 101}, {b, 17, 101});
        list.fill({b, 512, 8}, 0x04030201);
        list.finish();
        m_device.wait(m_device.submit(list));
        for (size_t i = 0; i < 1024; ++i) {
            auto expected = std::byte{0xff};
            if (i >= 17 && i < 118) expected = static_cast<std::byte>(i - 14);
            if (i >= 512 && i < 520) expected = static_cast<std::byte>(i % 4 + 1);
            QCOMPARE(b.mapped()[i], expected);
        }
    }

    void sectionsAreTimed() {
        const Buffer words = readbackOf(4 * kMiB);
        const auto groups = static_cast<uint32_t>(words.size() / 4 / 64);
        Profiler profiler(m_device, 4);
        QCOMPARE(profiler.supported(), m_device.info().limits.timestampPeriodNs > 0);
        CommandList list(m_device, "timed", &profiler);
        for (int i = 0; i < 2; ++i) {
            const auto layer = list.section("layer");
            list.fill(words, 1);
            const auto inner = list.section("touch");
            list.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {groups});
        }
        QVERIFY(!profiler.overflowed());
        const auto onlyLabelled = [&] { const auto last = list.section("too many"); };
        onlyLabelled();
        list.finish();
        QVERIFY(profiler.overflowed());
        for (int run = 0; run < 2; ++run) {
            QElapsedTimer clock;
            clock.start();
            m_device.wait(m_device.submit(list));
            const double wallMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
            const auto times = profiler.times();
            QCOMPARE(times.size(), size_t{2});
            QCOMPARE(times[0].name, "layer");
            QCOMPARE(times[0].count, 2u);
            QCOMPARE(times[1].name, "touch");
            QVERIFY(times[1].milliseconds > 0);
            QVERIFY(times[0].milliseconds >= times[1].milliseconds);
            QVERIFY(times[0].milliseconds <= wallMs);
        }
    }

    void pipelineCacheSurvivesGarbage() {
        const QTemporaryDir folder;
        const DeviceOptions options{.cacheFolder = folder.path().toStdString() + "/cache"};
        const auto useDevice = [&] {
            Device device(m_gpu.instance(), m_device.info().index, options);
            device.pipeline(shaders::touch);
            QVERIFY(device.savePipelineCache());
        };
        useDevice();
        const std::filesystem::directory_iterator entry(options.cacheFolder);
        const auto path = entry->path();
        const auto size = std::filesystem::file_size(path);
        QVERIFY(size >= 48);  // our header and the one of the driver; lavapipe has nothing more to say
        useDevice();          // reads what the first wrote
        std::filesystem::resize_file(path, size / 2);
        useDevice();
        QCOMPARE(std::filesystem::file_size(path), size);  // written anew
        std::ofstream(path, std::ios::binary) << std::string(5000, 'x');
        useDevice();
        QCOMPARE(std::filesystem::file_size(path), size);
        Device without(m_gpu.instance(), m_device.info().index);
        QVERIFY(!without.savePipelineCache());
    }

    void tooLargeARangeIsRefused() {
        const uint64_t limit = m_device.info().limits.maxStorageBufferRangeBytes;
        if (limit + 4096 > m_device.info().limits.maxAllocationBytes) return;  // such a range cannot exist there
        const Buffer large = m_device.createBuffer(limit + 4096, MemoryUse::device, "head");
        CommandList list(m_device, "too large");
        const auto sentence = sentenceOf(
            ErrorKind::unsupported, [&] { list.dispatch(m_device.pipeline(shaders::touch), {readWrite(large)}, {1}); });
        VERIFY_CONTAINS(sentence, "\"head\"");
        VERIFY_CONTAINS(sentence, "at most");
        const uint64_t window = limit / 256 * 256;  // a window of it is fine
        list.dispatch(m_device.pipeline(shaders::touch), {readWrite({large, 4096, window})}, {1});
        QCOMPARE(list.stepCount(), 1u);
    }

    void tooManyGroupsAreRefused() {
        const uint32_t most = m_device.info().limits.maxGroups[1];
        if (most == ~0u) return;  // every count is possible there
        const Buffer words = readbackOf(256);
        CommandList list(m_device, "too many");
        const auto sentence = sentenceOf(ErrorKind::unsupported, [&] {
            list.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {1, most + 1});
        });
        VERIFY_CONTAINS(sentence, "at most " + std::to_string(most));
    }

    void outOfMemorySaysHowMuch() {
        const uint64_t largest = m_device.info().limits.maxAllocationBytes;
        auto sentence = sentenceOf(ErrorKind::outOfMemory,
                                   [&] { m_device.createBuffer(largest + 4096, MemoryUse::device, "giant"); });
        VERIFY_CONTAINS(sentence, "in one piece");
        // More than the heap in pieces that are each possible. Nothing is written, so nothing is really used.
        const uint64_t piece = std::min(largest, m_device.info().memoryTotalBytes / 2);
        const uint64_t before = m_device.allocatedBytes();
        std::vector<Buffer> buffers;
        sentence = sentenceOf(ErrorKind::outOfMemory, [&] {
            for (int i = 0; i < 1000; ++i) buffers.push_back(m_device.createBuffer(piece, MemoryUse::device, "piece"));
        });
        VERIFY_CONTAINS(sentence, "Not enough memory on " + m_device.info().name);
        VERIFY_CONTAINS(sentence, "GiB");
        buffers.clear();
        QCOMPARE(m_device.allocatedBytes(), before);
        QCOMPARE(m_device.createBuffer(4096, MemoryUse::device, "small").size(), uint64_t{4096});
    }

    void subgroupSizes() {
        const auto& limits = m_device.info().limits;
        const auto& pipeline = m_device.pipeline(shaders::touch, {}, {.subgroupSize = limits.subgroupSize});
        VERIFY_CONTAINS(pipeline.name(), "/subgroup ");
        const auto sentence = sentenceOf(ErrorKind::unsupported, [&] {
            m_device.pipeline(shaders::touch, {}, {.subgroupSize = limits.maxSubgroupSize * 2});
        });
        VERIFY_CONTAINS(sentence, "subgroups of");
    }

    void dispatchCost() {
        const Buffer words = readbackOf(256);
        CommandList list(m_device, "cost");
        for (int i = 0; i < 500; ++i) list.dispatch(m_device.pipeline(shaders::touch), {readWrite(words)}, {1});
        list.finish();
        QCOMPARE(list.barrierCount(), 499u);
        QBENCHMARK {
            m_device.wait(m_device.submit(list));
        }
    }
};

QTEST_GUILESS_MAIN(TestVulkanRuntime)
#include "tst_vulkan_runtime.moc"
