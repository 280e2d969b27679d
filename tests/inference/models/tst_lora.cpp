// LoRA adapters: a model with adapters beside it computes what it would with the changes merged into its weights. The
// merging is done here, in double precision and tensor by tensor as they lie in the files, and its result computed by
// the reference; the model with adapters is computed by the reference and on the device, under validation.
//
// Tolerance: as in tst_program_vulkan.cpp. What merging rounds to f32 is as small as what the device rounds.
#include "inference/models/lora_adapter.h"
#include "inference/reference/executor.h"
#include "tests/inference/models/tiny_families.h"
#include "tests/inference/program/model_session.h"
#include "tests/support/tiny_adapter.h"
#include "tests/support/vulkan_test.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <map>

using namespace lares;
using namespace lares::inference;
using tests::familyTokens;
using tests::ModelSession;
using tests::nmse;

namespace {

constexpr double kLimit = 1e-9;
constexpr std::uint32_t kTokens = 30;
constexpr std::uint32_t kF32 = 0, kF16 = 1, kQ4_0 = 2, kQ8_0 = 8;
constexpr SessionShape kShape{kTokens, 7, vulkan::CacheType::f32};

std::vector<float> valuesOf(const GgufFile& file, const GgufTensor& tensor) {
    const vulkan::Format* format = vulkan::formatByType(tensor.type);
    const std::vector<std::byte> bytes = file.read(tensor);
    std::vector<float> values(tensor.elementCount());
    format->dequantize(bytes.data(), values.data(), values.size() / format->blockElements);
    return values;
}

/// Adds factor * the product of the adapter's pair for the tensor, where it has one, to the tensor's values.
void addChange(std::vector<double>& values, const GgufTensor& tensor, const GgufFile& adapter, float scale) {
    const GgufTensor* downTensor = adapter.find(std::string(tensor.name) + ".lora_a");
    const GgufTensor* upTensor = adapter.find(std::string(tensor.name) + ".lora_b");
    if (!downTensor) return;
    const std::vector<float> down = valuesOf(adapter, *downTensor), up = valuesOf(adapter, *upTensor);
    const std::size_t columns = tensor.shape[0], rows = tensor.shape[1], rank = upTensor->shape[0];
    const bool lookup = tensor.name == "token_embd.weight";
    const double alpha = adapter.real("adapter.lora.alpha").value_or(0);
    const double factor = static_cast<double>(scale) * (alpha == 0 ? 1 : alpha / static_cast<double>(rank));
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            double sum = 0;
            for (std::size_t k = 0; k < rank; ++k) {
                const float left = lookup ? down[r * rank + k] : up[r * rank + k];
                const float right = lookup ? up[c * rank + k] : down[k * columns + c];
                sum += static_cast<double>(left) * static_cast<double>(right);
            }
            values[r * columns + c] += factor * sum;
        }
    }
}

/// The model with all weights as f32 and the changes in them. Parts of a tensor follow each other in the definition as
/// their rows do in the file.
ModelDefinition merged(ModelDefinition model, const GgufFile& file, std::span<const LoraAdapter> adapters) {
    std::map<std::string, std::size_t> taken;  // values of a tensor
    for (WeightSource& weight : model.weights) {
        const GgufTensor* const found = file.find(weight.name);
        if (found == nullptr) continue;  // constants of the architecture
        const GgufTensor& tensor = *found;
        const std::vector<float> plain = valuesOf(file, tensor);
        std::vector<double> exact(plain.begin(), plain.end());
        for (const LoraAdapter& adapter : adapters) addChange(exact, tensor, *adapter.file, adapter.scale);
        const std::size_t first = taken[weight.name], count = std::size_t{weight.rows} * weight.columns;
        taken[weight.name] += count;
        std::vector<float> part;
        for (std::size_t i = 0; i < count; ++i) part.push_back(static_cast<float>(exact[first + i]));
        weight.format = vulkan::formatByType(kF32);
        weight.sizeBytes = count * sizeof(float);
        weight.read = [part](std::uint64_t offset, std::span<std::byte> out) {
            std::memcpy(out.data(), reinterpret_cast<const std::byte*>(part.data()) + offset, out.size());
        };
    }
    return model;
}

bool anyMatrix(std::string_view name) {
    return name.ends_with(".weight") && !name.ends_with("norm.weight");
}

}  // namespace
Q_DECLARE_METATYPE(test::TinyModelOptions)
Q_DECLARE_METATYPE(test::TinyAdapterOptions)

class TestLora : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void equalsMergedWeights_data();
    void equalsMergedWeights();
    void severalAddUp();
    void scaleNothingIsTheModelItself();
    void anAlphaOfNothingLeavesTheScale();
    void aSessionChangesAdapters();
    void itsMemoryIsCounted();
    void refusals_data();
    void refusals();

 private:
    SharedGguf write(const test::TinyModelOptions& options) {
        const std::filesystem::path path = m_folder.filePath("model.gguf").toStdString();
        test::writeTinyModel(path, options);
        return std::make_shared<const GgufFile>(GgufFile::open(path));
    }
    SharedGguf save(const test::GgufWriter& writer) {
        const std::filesystem::path path = m_folder.filePath(QString("adapter%1").arg(++m_saved)).toStdString();
        writer.save(path);
        return std::make_shared<const GgufFile>(GgufFile::open(path));
    }
    void checkAgainstMerged(const SharedGguf& file, std::span<const LoraAdapter> adapters);

    tests::VulkanTest m_gpu;
    cpu::ThreadPool m_pool{2};
    QTemporaryDir m_folder;
    int m_saved = 0;
};

void TestLora::checkAgainstMerged(const SharedGguf& file, std::span<const LoraAdapter> adapters) {
    const ModelDefinition base = defineModel(file);
    const ModelDefinition model = withAdapters(base, file->requireText("general.architecture"), adapters);
    const auto tokens = familyTokens(kTokens);
    std::vector<std::uint32_t> positions(kTokens);
    std::iota(positions.begin(), positions.end(), 0u);
    const auto truth = reference::Executor(merged(base, *file, adapters), kTokens).step(tokens, 0, positions);
    QVERIFY(nmse(reference::Executor(base, kTokens).step(tokens, 0, positions), truth) > 1e-3);  // it does change

    const double reference = nmse(reference::Executor(model, kTokens).step(tokens, 0, positions), truth);
    QVERIFY2(reference <= kLimit, qPrintable(QString("reference: %1").arg(reference)));
    const double device = nmse(ModelSession(m_gpu.device(), model, kShape).score(tokens, positions), truth);
    QVERIFY2(device <= kLimit, qPrintable(QString("device: %1").arg(device)));
    const double processor = nmse(ModelSession(m_pool, model, kShape).score(tokens, positions), truth);
    QVERIFY2(processor <= kLimit, qPrintable(QString("processor: %1").arg(processor)));
}

void TestLora::equalsMergedWeights_data() {
    QTest::addColumn<test::TinyModelOptions>("options");
    QTest::addColumn<test::TinyAdapterOptions>("adapter");
    for (const tests::TinyFamily& one : tests::tinyFamilies()) {
        QTest::newRow(one.name) << one.options << test::TinyAdapterOptions{};
    }
    const test::TinyModelOptions llama{.architecture = "llama", .tensors = {{"output.weight", {64, 288}}}};
    const test::TinyModelOptions fused{.architecture = "phi3", .tensors = {{"blk.*.attn_qkv.weight", {64, 128}}}};
    const auto quantised = [](test::TinyModelOptions options, std::uint32_t type) {
        options.type = type;
        return options;
    };
    QTest::newRow("llama in Q4_0") << quantised(llama, kQ4_0) << test::TinyAdapterOptions{.type = kF16};
    QTest::newRow("phi3 in Q8_0") << quantised(fused, kQ8_0) << test::TinyAdapterOptions{.type = kF16};
    QTest::newRow("embedding") << llama << test::TinyAdapterOptions{.changes = anyMatrix};
    QTest::newRow("scaled embedding") << test::TinyModelOptions{.architecture = "granite",
                                                                .keys = {{"logit_scale", 8.0f},
                                                                         {"embedding_scale", 12.0f},
                                                                         {"residual_scale", 0.22f}},
                                                                .tensors = {{"output.weight", {64, 288}}}}
                                      << test::TinyAdapterOptions{.changes = anyMatrix};
    QTest::newRow("rank 1") << fused << test::TinyAdapterOptions{.rank = 1};
    QTest::newRow("odd rank") << fused << test::TinyAdapterOptions{.rank = 19, .type = kF16};
    QTest::newRow("full rank") << llama << test::TinyAdapterOptions{.rank = 64};
    QTest::newRow("quantised adapter") << llama << test::TinyAdapterOptions{.rank = 32, .type = kQ8_0};
}

void TestLora::equalsMergedWeights() {
    QFETCH(test::TinyModelOptions, options);
    QFETCH(test::TinyAdapterOptions, adapter);
    const SharedGguf file = write(options);
    const LoraAdapter one{save(test::tinyAdapter(*file, adapter)), 0.75f};
    checkAgainstMerged(file, std::span(&one, 1));
}

void TestLora::severalAddUp() {
    const SharedGguf file = write({.architecture = "llama", .type = kQ8_0, .tensors = {{"output.weight", {64, 288}}}});
    const SharedGguf every = save(test::tinyAdapter(*file, {.changes = anyMatrix}));
    const SharedGguf other = save(test::tinyAdapter(*file, {.rank = 7, .alpha = 3, .changes = anyMatrix, .seed = 2}));
    const auto queries = [](std::string_view name) { return name.ends_with("attn_q.weight"); };
    const SharedGguf few = save(test::tinyAdapter(*file, {.rank = 2, .changes = queries, .seed = 3}));
    const std::vector<LoraAdapter> adapters{{every, 0.5f}, {other, -1.25f}, {few, 1.0f}, {every, 0.125f}};
    checkAgainstMerged(file, adapters);
}

void TestLora::scaleNothingIsTheModelItself() {
    const SharedGguf file = write({.architecture = "qwen2"});
    const LoraAdapter nothing{save(test::tinyAdapter(*file)), 0};
    const ModelDefinition base = defineModel(file);
    const ModelDefinition model = withAdapters(base, "qwen2", std::span(&nothing, 1));
    QCOMPARE(model.program(7, 1).operations.size(), base.program(7, 1).operations.size());
    const auto tokens = familyTokens(kTokens);
    const std::vector<std::uint32_t> positions{0, kTokens - 1};
    QCOMPARE(ModelSession(m_gpu.device(), model, kShape).score(tokens, positions),
             ModelSession(m_gpu.device(), base, kShape).score(tokens, positions));
}

void TestLora::anAlphaOfNothingLeavesTheScale() {
    const SharedGguf file = write({.architecture = "llama"});
    const LoraAdapter one{save(test::tinyAdapter(*file, {.alpha = 0})), 0.5f};
    checkAgainstMerged(file, std::span(&one, 1));
}

/// There and back again: each time what a session made for it would compute, to the last bit.
void TestLora::aSessionChangesAdapters() {
    const SharedGguf file = write({.architecture = "llama", .type = kQ4_0});
    const ModelDefinition base = defineModel(file);
    const SharedGguf small = save(test::tinyAdapter(*file)), large = save(test::tinyAdapter(*file, {.rank = 60}));
    const auto tokens = familyTokens(kTokens);
    const std::vector<std::uint32_t> positions{3, kTokens - 1};
    const auto first = static_cast<WeightId>(base.weights.size());
    ModelSession changing(m_gpu.device(), base, kShape), onProcessor(m_pool, base, kShape);
    for (const std::vector<LoraAdapter>& adapters :
         {std::vector<LoraAdapter>{{small, 1}}, {{large, 0.5f}, {small, 2}}, {}, {{small, 1}}}) {
        const ModelDefinition model = withAdapters(base, "llama", adapters);
        changing.session->adapt(model, first);
        QCOMPARE(changing.score(tokens, positions),
                 ModelSession(m_gpu.device(), model, kShape).score(tokens, positions));
        onProcessor.session->adapt(model, first);
        QCOMPARE(onProcessor.score(tokens, positions), ModelSession(m_pool, model, kShape).score(tokens, positions));
    }
}

void TestLora::itsMemoryIsCounted() {
    const SharedGguf file = write({.architecture = "llama"});
    const auto down = [](std::string_view name) { return name == "blk.1.ffn_down.weight"; };
    const LoraAdapter one{save(test::tinyAdapter(*file, {.rank = 48, .type = kF16, .changes = down})), 1};
    const ModelDefinition base = defineModel(file);
    const ModelDefinition model = withAdapters(base, "llama", std::span(&one, 1));
    const MemoryNeed before = VulkanSession::memoryNeed(base, kShape), after = VulkanSession::memoryNeed(model, kShape);
    const vulkan::Format& f16 = *vulkan::formatByType(kF16);
    QCOMPARE(after.weightsBytes - before.weightsBytes,
             vulkan::packedMatrixBytes(f16, 48, 96) + vulkan::packedMatrixBytes(f16, 64, 48));
    QCOMPARE(after.cacheBytes, before.cacheBytes);
    QVERIFY(after.scratchBytes >= before.scratchBytes);
}

using Spoil = std::function<void(test::GgufWriter&)>;
Q_DECLARE_METATYPE(Spoil)

void TestLora::refusals_data() {
    QTest::addColumn<Spoil>("fill");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* name, Spoil fill, ErrorKind kind, const char* sentence) {
        QTest::newRow(name) << std::move(fill) << kind << QString(sentence);
    };
    const auto f32 = [](test::GgufWriter& w, std::string_view name, std::vector<std::uint64_t> shape) {
        std::uint64_t elements = 1;
        for (const std::uint64_t size : shape) elements *= size;
        w.tensor(name, shape, kF32, std::vector<std::byte>(elements * 4));
    };
    const auto lora = [](test::GgufWriter& w, float alpha = 8) { test::addAdapterKeys(w, "llama", alpha); };
    const auto pair = [=](std::string_view name, std::vector<std::uint64_t> down, std::vector<std::uint64_t> up) {
        return [=, name = std::string(name)](test::GgufWriter& w) {
            lora(w);
            f32(w, name + ".lora_a", down);
            f32(w, name + ".lora_b", up);
        };
    };
    const std::string query = "blk.0.attn_q.weight";

    row(
        "a model", [](test::GgufWriter& w) { w.text("general.architecture", "llama"); }, ErrorKind::badFile,
        "is no adapter");
    row(
        "another type",
        [](test::GgufWriter& w) {
            w.text("general.type", "adapter");
            w.text("adapter.type", "ia3");
        },
        ErrorKind::unsupported, "ia3");
    row(
        "another architecture", [](test::GgufWriter& w) { test::addAdapterKeys(w, "qwen2", 8); }, ErrorKind::badRequest,
        "qwen2");
    row(
        "empty", [=](test::GgufWriter& w) { lora(w); }, ErrorKind::badFile, "is empty");
    row(
        "alpha is no number",
        [=](test::GgufWriter& w) {
            lora(w, NAN), f32(w, "x.lora_a", {1, 1});
        },
        ErrorKind::badFile, "adapter.lora.alpha");
    row(
        "alpha is a text",
        [=](test::GgufWriter& w) {
            w.text("general.type", "adapter");
            w.text("general.architecture", "llama");
            w.text("adapter.type", "lora");
            w.text("adapter.lora.alpha", "8");
            f32(w, "x.lora_a", {1, 1});
        },
        ErrorKind::badFile, "adapter.lora.alpha");
    row(
        "begins later",
        [=](test::GgufWriter& w) {
            lora(w);
            w.i32s("adapter.alora.invocation_tokens", std::vector<std::int32_t>{1, 2});
        },
        ErrorKind::unsupported, "in the middle of a text");
    row(
        "no partner",
        [=](test::GgufWriter& w) {
            lora(w), f32(w, query + ".lora_a", {64, 4});
        },
        ErrorKind::badFile, "attn_q.weight.lora_b is missing");
    row(
        "no other partner",
        [=](test::GgufWriter& w) {
            lora(w), f32(w, query + ".lora_b", {4, 64});
        },
        ErrorKind::badFile, "attn_q.weight.lora_a is missing");
    row(
        "a whole norm", [=](test::GgufWriter& w) { lora(w), f32(w, "blk.0.attn_norm.weight", {64}); },
        ErrorKind::unsupported, "attn_norm.weight");
    row("unknown tensor", pair("blk.9.attn_q.weight", {64, 4}, {4, 64}), ErrorKind::badRequest, "blk.9.attn_q.weight");
    row("an adapter's own tensor", pair(query + ".lora_a", {64, 4}, {4, 4}), ErrorKind::badRequest, "another model");
    row("a norm", pair("blk.0.attn_norm.weight", {64, 4}, {4, 1}), ErrorKind::unsupported, "not a plain matrix");
    row("experts", pair(query, {64, 4, 8}, {4, 64, 8}), ErrorKind::unsupported, "not a plain matrix");
    row("tied embedding", pair("token_embd.weight", {4, 288}, {4, 64}), ErrorKind::unsupported, "both for what");
    row("other columns", pair(query, {32, 4}, {4, 64}), ErrorKind::badRequest, "another shape");
    row("other rows", pair(query, {64, 4}, {4, 32}), ErrorKind::badRequest, "another shape");
    row("other ranks", pair(query, {64, 4}, {5, 64}), ErrorKind::badRequest, "another shape");
    row("transposed", pair(query, {4, 64}, {64, 4}), ErrorKind::badRequest, "another shape");
    row("rank larger than the tensor", pair(query, {64, 65}, {65, 64}), ErrorKind::badFile, "rank");
    row(
        "a type without a kernel",
        [=](test::GgufWriter& w) {
            lora(w);
            w.tensor(query + ".lora_a", {64, 4}, 28, std::vector<std::byte>(64 * 4 * 8));
            f32(w, query + ".lora_b", {4, 64});
        },
        ErrorKind::unsupported, "F64");
    row("rank 0", pair(query, {64, 0}, {0, 64}), ErrorKind::badFile, "impossible shape");
}

void TestLora::refusals() {
    QFETCH(Spoil, fill);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, sentence);
    const ModelDefinition base = defineModel(write({.architecture = "llama"}));
    test::GgufWriter writer;
    fill(writer);
    try {
        const LoraAdapter adapter{save(writer), 1};
        withAdapters(base, "llama", std::span(&adapter, 1));
        QFAIL("it was taken");
    } catch (const Error& error) {
        QVERIFY2(error.kind() == kind, error.what());
        QVERIFY2(QString(error.what()).contains(sentence), error.what());
    }
}

QTEST_GUILESS_MAIN(TestLora)
#include "tst_lora.moc"
