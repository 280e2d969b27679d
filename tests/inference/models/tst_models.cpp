// Model definitions: what is read from a good file, and that every contradiction is refused with a sentence that names
// it, before any weight is read.
#include "inference/gguf/model_info.h"
#include "inference/models/architecture.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace lares;
using namespace lares::inference;

namespace {

/// A later key of the same name would be refused as a duplicate, so spoiled values replace the bytes of good ones.
void replaceOnce(std::string& bytes, const std::string& from, const std::string& to) {
    const std::size_t at = bytes.find(from);
    if (at == std::string::npos || from.size() != to.size()) throw std::logic_error("nothing to spoil: " + from);
    bytes.replace(at, from.size(), to);
}

template <typename Number>
std::string valueBytes(const std::string& key, std::uint32_t kind, Number value) {
    std::string bytes = key;
    bytes.append(reinterpret_cast<const char*>(&kind), sizeof kind);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    return bytes;
}

std::string u32(const std::string& key, std::uint32_t value) {
    return valueBytes(key, 4, value);
}
std::string f32(const std::string& key, float value) {
    return valueBytes(key, 6, value);
}

struct Spoil {
    std::string from, to;
};

}  // namespace
Q_DECLARE_METATYPE(Spoil)

class TestModels : public QObject {
    Q_OBJECT

 private slots:
    void readsALlama();
    void optionalParts();
    void expertsTogetherAndApart();
    void refusesExperts_data();
    void refusesExperts();
    void programEndsWhereNothingIsWanted();
    void refuses_data();
    void refuses();
    void refusesExtraKeys_data();
    void refusesExtraKeys();
    void refusesUnknownArchitecture();
    void refusesUnknownWeightType();
    void describesWhatIsUnsupported();
    void refusesUnknownTensors();
    void readsYarn();
    void windowsByLayer();
    void scalesOfGranite();
    void refusesHalfASetOfRopeFactors();
    void partsOfOneTensor();
    void refusesToWriteLookingAhead();

 private:
    SharedGguf open(const std::string& bytes) {
        const QString path = m_folder.filePath("model.gguf");
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly)) throw std::runtime_error("cannot write the test file");
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        file.close();
        return std::make_shared<const GgufFile>(GgufFile::open(path.toStdString()));
    }
    SharedGguf open(const test::TinyModelOptions& options) {
        const std::filesystem::path path = m_folder.filePath("tiny.gguf").toStdString();
        test::writeTinyModel(path, options);
        return std::make_shared<const GgufFile>(GgufFile::open(path));
    }
    SharedGguf open(const test::TinyLlamaOptions& options) { return open(test::tinyLlama(options).bytes()); }

    /// Kind and sentence of the refusal.
    std::pair<ErrorKind, QString> refusal(const SharedGguf& file) {
        try {
            defineModel(file);
        } catch (const Error& error) {
            return {error.kind(), error.what()};
        }
        return {ErrorKind::io, "it was accepted"};
    }

    QTemporaryDir m_folder;
};

void TestModels::readsALlama() {
    const ModelDefinition model =
        defineModel(open(test::TinyLlamaOptions{.layers = 3, .ropeBase = 500000.0f, .rmsEpsilon = 1e-6f}));
    const HyperParameters& p = model.parameters;
    QCOMPARE(p.layerCount, 3u);
    QCOMPARE(p.embeddingLength, 256u);
    QCOMPARE(p.headCount, 8u);
    QCOMPARE(p.headCountKv, 4u);
    QCOMPARE(p.headSize, 32u);
    QCOMPARE(p.feedForwardLength, 512u);
    QCOMPARE(p.contextLength, 512u);
    QCOMPARE(p.vocabularySize, 384u);
    QCOMPARE(p.normEpsilon, 1e-6f);
    QCOMPARE(p.rope.base, 500000.0f);
    QCOMPARE(p.rope.rotated, 32u);
    QCOMPARE(p.rope.scale, 1.0f);
    QCOMPARE(p.attentionScale, static_cast<float>(1 / std::sqrt(32.0)));
    QCOMPARE(model.weights.size(), std::size_t{3 + 3 * 9});
    QCOMPARE(model.program(1, 1).operations.size(), std::size_t{3 + 3 * 14});  // what a token costs in dispatches
}

void TestModels::optionalParts() {
    const ModelDefinition tied = defineModel(open(test::TinyLlamaOptions{.tiedEmbeddings = true}));
    const Program program = tied.program(1, 1);
    QCOMPARE(std::get<Matmul>(program.operations.back()).weight, std::get<Embed>(program.operations.front()).table);

    const ModelDefinition wide =
        defineModel(open(test::TinyLlamaOptions{.headSize = 64, .ropeFactors = true, .qkvBias = true}));
    QCOMPARE(wide.parameters.headSize, 64u);
    QVERIFY(wide.parameters.rope.factors != kNoWeight);
    int biases = 0;
    for (const Operation& operation : wide.program(1, 1).operations) {
        const auto* op = std::get_if<Matmul>(&operation);
        if (op && op->bias != kNoWeight) ++biases;
    }
    QCOMPARE(biases, 2 * 3);
}

/// Early files have a tensor for each expert; what is loaded is the same.
void TestModels::expertsTogetherAndApart() {
    const test::TinyLlamaOptions options{.layers = 1, .feedForward = 64, .type = 8, .experts = 3};
    test::TinyLlamaOptions apart = options;
    apart.expertTensors = true;
    const ModelDefinition together = defineModel(open(options));
    QCOMPARE(together.parameters.experts.count, 3u);
    QCOMPARE(together.parameters.experts.used, 2u);
    QCOMPARE(together.parameters.experts.length, 64u);
    const auto& gate = *std::ranges::find(together.weights, "blk.0.ffn_gate_exps.weight", &WeightSource::name);
    QCOMPARE(gate.rows, 3u * 64);
    QCOMPARE(gate.experts, 3u);

    const SharedGguf file = open(apart);
    const ModelDefinition split = defineModel(file);
    const auto& parts = *std::ranges::find(split.weights, "blk.0.ffn_gate.0.weight", &WeightSource::name);
    QCOMPARE(parts.rows, gate.rows);
    QCOMPARE(parts.sizeBytes, gate.sizeBytes);
    std::vector<std::byte> expected, actual(parts.sizeBytes);
    for (const char* name : {"blk.0.ffn_gate.0.weight", "blk.0.ffn_gate.1.weight", "blk.0.ffn_gate.2.weight"}) {
        const auto bytes = file->read(*file->find(name));
        expected.insert(expected.end(), bytes.begin(), bytes.end());
    }
    parts.read(0, actual);
    QVERIFY(actual == expected);
    std::vector<std::byte> middle(expected.size() - 200);  // from inside the first to inside the last
    parts.read(100, middle);
    QVERIFY(std::ranges::equal(middle, std::span(expected).subspan(100, middle.size())));
}

void TestModels::refusesExperts_data() {
    QTest::addColumn<bool>("apart");
    QTest::addColumn<Spoil>("spoil");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, bool apart, Spoil spoil, const char* named) {
        QTest::newRow(name) << apart << spoil << QString(named);
    };
    const std::string used = "llama.expert_used_count";
    row("none used", false, {u32(used, 2), u32(used, 0)}, "expert_used_count is 0");
    row("more used than there are", false, {u32(used, 2), u32(used, 5)}, "expert_used_count is 5");
    row("other count", false, {u32("llama.expert_count", 4), u32("llama.expert_count", 3)}, "ffn_gate_inp");
    row("no router", false, {"ffn_gate_inp", "ffn_gate_xxx"}, "ffn_gate_inp.weight is missing");
    row("no matrices", false, {"blk.1.ffn_up_exps", "blk.1.ffn_up_none"}, "blk.1.ffn_up_exps.weight is missing");
    row("an expert too few", true, {"blk.1.ffn_up.3", "blk.1.ffn_up.x"}, "blk.1.ffn_up.3.weight is missing");
}

void TestModels::refusesExperts() {
    QFETCH(bool, apart);
    QFETCH(Spoil, spoil);
    QFETCH(QString, named);
    std::string bytes = test::tinyLlama({.feedForward = 64, .experts = 4, .expertTensors = apart}).bytes();
    replaceOnce(bytes, spoil.from, spoil.to);
    const auto [kind, sentence] = refusal(open(bytes));
    QVERIFY2(kind == ErrorKind::badFile, qPrintable(sentence));
    QVERIFY2(sentence.contains(named), qPrintable(sentence));
}

void TestModels::programEndsWhereNothingIsWanted() {
    const ModelDefinition model = defineModel(open(test::TinyLlamaOptions{}));
    QVERIFY(std::holds_alternative<StoreKv>(model.program(8, 0).operations.back()));
    const Program last = model.program(8, 1);
    QCOMPARE(last.values[last.logits].rows, 1u);
    for (const Operation& operation : last.operations) {
        const auto* op = std::get_if<Matmul>(&operation);
        if (op) QVERIFY(last.values[op->out].width != 384 || last.values[op->out].rows == 1);
    }
}

void TestModels::refuses_data() {
    QTest::addColumn<Spoil>("spoil");
    QTest::addColumn<QString>("named");
    const std::string heads = "llama.attention.head_count", epsilon = "llama.attention.layer_norm_rms_epsilon";
    const auto row = [](const char* name, Spoil spoil, const char* named) {
        QTest::newRow(name) << spoil << QString(named);
    };
    row("no heads", {u32(heads, 8), u32(heads, 0)}, "head_count is 0");
    row("heads that do not divide", {u32(heads, 8), u32(heads, 7)}, "7 attention heads");
    row("key heads that do not divide", {u32(heads + "_kv", 4), u32(heads + "_kv", 3)}, "key/value heads");
    row("more key heads", {u32(heads + "_kv", 4), u32(heads + "_kv", 16)}, "head_count_kv is 16");
    row("no layers", {u32("llama.block_count", 2), u32("llama.block_count", 0)}, "block_count is 0");
    row("a layer too many", {u32("llama.block_count", 2), u32("llama.block_count", 3)}, "blk.2.");
    row("endless layers", {u32("llama.block_count", 2), u32("llama.block_count", ~0u)}, "block_count is 4294967295");
    row("no context", {u32("llama.context_length", 512), u32("llama.context_length", 0)}, "context_length is 0");
    row("other width", {u32("llama.embedding_length", 256), u32("llama.embedding_length", 512)}, "token_embd.weight");
    row("endless width", {u32("llama.embedding_length", 256), u32("llama.embedding_length", ~0u)}, "embedding_length");
    row("other inner width", {u32("llama.feed_forward_length", 512), u32("llama.feed_forward_length", 256)}, "ffn_up");
    row("NaN epsilon", {f32(epsilon, 1e-5f), f32(epsilon, NAN)}, "epsilon is nan");
    row("negative epsilon", {f32(epsilon, 1e-5f), f32(epsilon, -1e-5f)}, "epsilon is -");
    row("missing tensor", {"blk.1.ffn_up.weight", "blk.1.ffn_no.weight"}, "blk.1.ffn_up.weight is missing");
}

void TestModels::refuses() {
    QFETCH(Spoil, spoil);
    QFETCH(QString, named);
    std::string bytes = test::tinyLlama({}).bytes();
    replaceOnce(bytes, spoil.from, spoil.to);
    const auto [kind, sentence] = refusal(open(bytes));
    QVERIFY2(kind == ErrorKind::badFile, qPrintable(sentence));
    QVERIFY2(sentence.contains(named), qPrintable(sentence));
}

void TestModels::refusesExtraKeys_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("number");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* key, const char* text, int number, ErrorKind kind, const char* named) {
        QTest::addRow("%s %s%d", key, text, number)
            << QString(key) << QString(text) << number << kind << QString(named);
    };
    row("llama.expert_count", "", 8, ErrorKind::badFile, "expert_used_count");
    row("llama.expert_count", "", 1 << 20, ErrorKind::badFile, "expert_count is 1048576");
    row("llama.attention.value_length", "", 16, ErrorKind::unsupported, "keys and values");
    row("llama.rope.scaling.type", "ntk", 0, ErrorKind::unsupported, "\"ntk\"");
    row("llama.attention.clamp_kqv", "", 8, ErrorKind::unsupported, "clamp_kqv");
    row("llama.pooling_type", "", 4, ErrorKind::unsupported, "ranks texts");
    row("llama.attention.max_alibi_bias", "", 8, ErrorKind::unsupported, "max_alibi_bias");
}

void TestModels::refusesExtraKeys() {
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(int, number);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, named);
    test::GgufWriter writer = test::tinyLlama({});
    if (text.isEmpty()) {
        writer.u32(key.toStdString(), static_cast<std::uint32_t>(number));
    } else {
        writer.text(key.toStdString(), text.toStdString());
    }
    const auto [found, sentence] = refusal(open(writer.bytes()));
    QVERIFY2(found == kind, qPrintable(sentence));
    QVERIFY2(sentence.contains(named), qPrintable(sentence));
}

void TestModels::refusesUnknownArchitecture() {
    const auto [kind, sentence] = refusal(open(test::TinyLlamaOptions{.architecture = "mamba"}));
    QVERIFY(kind == ErrorKind::unsupported);
    QVERIFY2(sentence.contains("\"mamba\"") && sentence.contains("It knows: ") && sentence.contains("llama"),
             qPrintable(sentence));
}

void TestModels::refusesUnknownWeightType() {
    test::GgufWriter writer = test::tinyLlama({});
    std::string bytes = writer.bytes();
    // blk.0.attn_q.weight [256, 256]: F32 (0) becomes I32 (26), which has the same size and is no weight.
    const std::string name = "blk.0.attn_q.weight";
    const std::size_t typeAt = bytes.find(name) + name.size() + 4 + 2 * 8;
    QCOMPARE(bytes.at(typeAt), '\0');
    bytes[typeAt] = 26;
    const auto [kind, sentence] = refusal(open(bytes));
    QVERIFY(kind == ErrorKind::unsupported);
    QVERIFY2(sentence.contains(name.c_str()) && sentence.contains("I32"), qPrintable(sentence));
}

void TestModels::describesWhatIsUnsupported() {
    const auto warnings = [&](const SharedGguf& file) {
        ModelInfo info = describe(*file);
        addWhatIsUnsupported(file, info);
        return info.warnings;
    };
    QVERIFY(warnings(open(test::TinyLlamaOptions{})).empty());

    const auto ofMamba = warnings(open(test::TinyLlamaOptions{.architecture = "mamba"}));
    QCOMPARE(ofMamba.size(), std::size_t{1});
    QVERIFY(QString::fromStdString(ofMamba.front()).contains("\"mamba\""));

    std::string bytes = test::tinyLlama({}).bytes();
    const std::string name = "blk.1.ffn_up.weight";
    bytes.at(bytes.find(name) + name.size() + 4 + 2 * 8) = 26;  // I32
    const auto ofWhole = warnings(open(bytes));
    QCOMPARE(ofWhole.size(), std::size_t{1});
    QVERIFY(QString::fromStdString(ofWhole.front()).contains("blk.1.ffn_up.weight is of type I32"));
}

void TestModels::refusesUnknownTensors() {
    test::GgufWriter writer = test::tinyLlama({});
    writer.tensor("blk.0.attn_sinks.weight", {8}, 0, std::vector<std::byte>(32));
    const auto [kind, sentence] = refusal(open(writer.bytes()));
    QVERIFY(kind == ErrorKind::unsupported);
    QVERIFY2(sentence.contains("\"blk.0.attn_sinks.weight\""), qPrintable(sentence));
}

/// The numbers of Qwen 2.5 stretched to 131072 tokens, worked out by hand: 128 ln(32768 / (2 pi 32)) / (2 ln 1e6) =
/// 23.6 and 128 ln(32768 / (2 pi)) / (2 ln 1e6) = 39.7.
void TestModels::readsYarn() {
    test::TinyModelOptions options{.architecture = "qwen2", .headSize = 128, .contextLength = 32768};
    options.keys = {{"rope.freq_base", 1e6f}, {"rope.scaling.type", "yarn"}, {"rope.scaling.factor", 4.0f}};
    const RopeShape rope = defineModel(open(options)).parameters.rope;
    QCOMPARE(rope.scale, 0.25f);
    QCOMPARE(rope.unscaledUntil, 23.0f);
    QCOMPARE(rope.scaledFrom, 40.0f);
    QCOMPARE(rope.magnitude, static_cast<float>(1 + 0.1 * std::log(4.0)));

    options.keys.erase("rope.scaling.factor");
    try {
        open(options);
        QFAIL("yarn without a factor was taken");
    } catch (const Error& error) {
        QVERIFY2(QString(error.what()).contains("rope.scaling.factor is missing"), error.what());
    }
}

void TestModels::windowsByLayer() {
    const auto windows = [&](const std::string& architecture, std::uint32_t layers) {
        const auto file =
            open({.architecture = architecture, .layers = layers, .keys = {{"attention.sliding_window", 8u}}});
        return defineModel(file).parameters.windows;
    };
    QCOMPARE(windows("gemma2", 3), (std::vector<std::uint32_t>{8, 0, 8}));
    QCOMPARE(windows("gemma3", 7), (std::vector<std::uint32_t>{8, 8, 8, 8, 8, 0, 8}));
    QCOMPARE(windows("cohere2", 5), (std::vector<std::uint32_t>{8, 8, 8, 0, 8}));
    QCOMPARE(windows("phi3", 2), (std::vector<std::uint32_t>{8, 8}));
    QCOMPARE(windows("llama", 2), std::vector<std::uint32_t>{});  // Mistral 7B 0.1: left out
    QVERIFY_EXCEPTION_THROWN(windows("qwen2", 2), Error);

    // Only windowed layers of cohere2 turn positions.
    const Program program =
        defineModel(open({.architecture = "cohere2", .layers = 4, .keys = {{"attention.sliding_window", 8u}}}))
            .program(1, 1);
    const auto ropes = std::ranges::count_if(
        program.operations, [](const Operation& operation) { return std::holds_alternative<Rope>(operation); });
    QCOMPARE(ropes, 3 * 2);
}

void TestModels::scalesOfGranite() {
    const auto file = open({.architecture = "granite",
                            .keys = {{"embedding_scale", 12.0f}, {"residual_scale", 0.5f}, {"logit_scale", 8.0f}}});
    const Program program = defineModel(file).program(1, 1);
    QCOMPARE(std::get<Embed>(program.operations.front()).scale, 12.0f);
    QCOMPARE(std::get<Matmul>(program.operations.back()).scale, 0.125f);  // granite divides
    for (const Operation& operation : program.operations) {
        const auto* op = std::get_if<Matmul>(&operation);
        if (op && op->residual != kNoValue) QCOMPARE(op->scale, 0.5f);
    }
}

void TestModels::refusesHalfASetOfRopeFactors() {
    test::TinyModelOptions options{.architecture = "phi3", .tensors = {{"rope_factors_long.weight", {8}}}};
    const SharedGguf whole = open(options);  // the writer gives what is asked for
    QVERIFY(whole->find("rope_factors_short.weight") != nullptr);
    test::GgufWriter writer = test::tinyLlama({});
    writer.tensor("rope_factors_long.weight", {16}, 0, std::vector<std::byte>(64));
    const auto [kind, sentence] = refusal(open(writer.bytes()));
    QVERIFY(kind == ErrorKind::badFile);
    QVERIFY2(sentence.contains("rope_factors_short.weight is missing"), qPrintable(sentence));
}

/// Query, key and value, and gate and up, out of one tensor are the numbers of that tensor, in order.
void TestModels::partsOfOneTensor() {
    const SharedGguf file =
        open({.architecture = "phi3", .type = 8, .tensors = {{"blk.*.attn_qkv.weight", {64, 128}}}});
    const ModelDefinition model = defineModel(file);
    for (const char* name : {"blk.1.attn_qkv.weight", "blk.1.ffn_up.weight"}) {
        std::vector<std::byte> together;
        for (const WeightSource& source : model.weights) {
            if (source.name != name) continue;
            std::vector<std::byte> part(source.sizeBytes);
            source.read(0, part);
            together.insert(together.end(), part.begin(), part.end());
        }
        QVERIFY(together == file->read(*file->find(name)));
    }
}

void TestModels::refusesToWriteLookingAhead() {
    test::GgufWriter writer = test::tinyLlama({});
    writer.flag("llama.attention.causal", false);
    const auto [kind, sentence] = refusal(open(writer.bytes()));
    QVERIFY(kind == ErrorKind::unsupported);
    QVERIFY2(sentence.contains("looks ahead"), qPrintable(sentence));
    writer.u32("llama.pooling_type", 1);
    const HyperParameters p = defineModel(open(writer.bytes())).parameters;
    QVERIFY(!p.causal && p.pooling == Pooling::mean);
    QCOMPARE(p.outputWidth(), 256u);
}

QTEST_GUILESS_MAIN(TestModels)
#include "tst_models.moc"
