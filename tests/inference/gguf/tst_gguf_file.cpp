// Reading well-formed files, lookups, splits, descriptions, and what the file system can do to a reader.
#include "inference/gguf/gguf_file.h"
#include "inference/gguf/model_info.h"
#include "inference/gguf/safe_text.h"
#include "tests/support/gguf_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstring>
#include <fstream>
#include <QTemporaryDir>
#include <QTest>

using namespace lares::inference;
using namespace lares::test;

namespace {

/// The sentence of the Error that `action` throws; empty when it throws none.
template <typename Action>
QString sentenceOf(Action action, ErrorKind* kind = nullptr) {
    try {
        action();
    } catch (const Error& error) {
        if (kind != nullptr) {
            *kind = error.kind();
        }
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class GgufFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::filesystem::path path(const char* name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    /// Parts of a split model: part i has one tensor.
    void writeSplit(const char* name, std::uint16_t number, std::uint16_t count, const char* tensor,
                    const char* architecture = nullptr) const {
        GgufWriter writer;
        const auto u16 = [&](const char* key, std::uint16_t value) {
            writer.raw(key, 2, std::string_view(reinterpret_cast<const char*>(&value), 2));
        };
        u16("split.no", number);
        u16("split.count", count);
        if (number == 0) {
            writer.i32("split.tensors.count", count);
        }
        if (architecture != nullptr) {
            writer.text("general.architecture", architecture);
        }
        writer.tensor(tensor, {4}, 0, std::vector<std::byte>(16, std::byte(number)));
        writer.save(path(name));
    }

 private slots:
    void readsMetadata() {
        GgufWriter writer;
        writer.text("text", "Grüße");
        writer.u32("u32", 4000000000u);
        writer.u64("u64", 1ull << 40);
        writer.i32("negative", -1);
        writer.f32("f32", 0.5f);
        writer.flag("yes", true);
        writer.texts("texts", std::vector<std::string>{"a", "", "ccc"});
        writer.i32s("integers", std::vector<std::int32_t>{-1, 7});
        writer.f32s("reals", std::vector<float>{1.5f});
        writer.texts("none", {});
        writer.save(path("metadata.gguf"));
        const GgufFile file = GgufFile::open(path("metadata.gguf"));
        QCOMPARE(file.text("text").value(), std::string_view("Grüße"));
        QCOMPARE(file.integer32("u32").value(), 4000000000u);
        QCOMPARE(file.integer("u64").value(), 1ull << 40);
        QCOMPARE(file.real("f32").value(), 0.5);
        QCOMPARE(file.real("u64").value(), 0x1p40);
        QCOMPARE(file.flag("yes").value(), true);
        QVERIFY((file.texts("texts").value() == std::vector<std::string_view>{"a", "", "ccc"}));
        QVERIFY((file.integers("integers").value() == std::vector<std::int64_t>{-1, 7}));
        QVERIFY((file.reals("reals").value() == std::vector<float>{1.5f}));
        QCOMPARE(file.arrayLength("none").value(), 0u);
        QVERIFY(!file.text("absent") && !file.integer("absent") && !file.texts("absent") && !file.contains("absent"));
        QCOMPARE(file.keys().size(), 10u);
        QVERIFY(sentenceOf([&] { file.integer("text"); }).contains("“text”"));
        QVERIFY(sentenceOf([&] { file.integer("negative"); }).contains("negative"));
        QVERIFY(sentenceOf([&] { file.integer32("u64"); }).contains("1099511627776"));
        QVERIFY(sentenceOf([&] { file.texts("integers"); }).contains("array of i32"));
        QVERIFY(sentenceOf([&] { file.requireText("absent"); }).contains("“absent”"));
    }

    void readsTensors_data() {
        QTest::addColumn<quint32>("version");
        QTest::addColumn<quint32>("alignment");
        QTest::newRow("version 2") << 2u << 32u;
        QTest::newRow("version 3") << 3u << 32u;
        QTest::newRow("alignment 1") << 3u << 1u;
        QTest::newRow("alignment 4096") << 3u << 4096u;
    }
    void readsTensors() {
        QFETCH(quint32, version);
        QFETCH(quint32, alignment);
        GgufWriter writer;
        writer.version = version;
        writer.alignment = alignment;
        const std::vector<std::byte> q8 = randomBlocks(8, 64 * 3, 1.0f, 1), f32 = randomBlocks(0, 5, 1.0f, 2);
        writer.tensor("vector", {5}, 0, f32);
        writer.tensor("matrix", {64, 3}, 8, q8);
        writer.save(path("tensors.gguf"));
        const GgufFile file = GgufFile::open(path("tensors.gguf"));
        QCOMPARE(file.version(), version);
        QCOMPARE(file.tensors().size(), 2u);
        const GgufTensor* matrix = file.find("matrix");
        QVERIFY(matrix != nullptr && file.find("matri") == nullptr);
        QCOMPARE(matrix->dimensions, 2u);
        QCOMPARE(matrix->elementCount(), 192u);
        QCOMPARE(matrix->rowBytes(), 68u);
        QVERIFY(file.read(*matrix) == q8);
        QVERIFY(file.read(*file.find("vector")) == f32);
        std::array<std::byte, 3> middle;
        file.read(*matrix, 100, middle);
        QVERIFY(std::equal(middle.begin(), middle.end(), q8.begin() + 100));
    }

    void everyTypeHasItsSize() {
        for (const GgmlType& type : ggmlTypes()) {
            GgufWriter writer;
            const std::uint64_t elements = type.blockElements == 0 ? 32 : type.blockElements * 2;
            writer.tensor("t", {elements}, type.id, std::vector<std::byte>(type.blockBytes * 2));
            writer.save(path("type.gguf"));
            const QString name = QString::fromUtf8(type.name.data(), static_cast<qsizetype>(type.name.size()));
            if (type.blockElements == 0) {
                ErrorKind kind{};
                const QString sentence = sentenceOf([&] { GgufFile::open(path("type.gguf")); }, &kind);
                QVERIFY2(sentence.contains(name) && kind == ErrorKind::unsupported, qPrintable(name + ": " + sentence));
            } else {
                QCOMPARE(GgufFile::open(path("type.gguf")).find("t")->sizeBytes, type.blockBytes * 2u);
            }
        }
    }

    void readsSplitModels() {
        writeSplit("m-00001-of-00003.gguf", 0, 3, "a", "llama");
        writeSplit("m-00002-of-00003.gguf", 1, 3, "b");
        writeSplit("m-00003-of-00003.gguf", 2, 3, "c");
        for (const char* opened : {"m-00001-of-00003.gguf", "m-00003-of-00003.gguf"}) {
            const GgufFile file = GgufFile::open(path(opened));
            QCOMPARE(file.partCount(), 3u);
            QCOMPARE(file.text("general.architecture").value(), std::string_view("llama"));
            QCOMPARE(file.read(*file.find("c")).front(), std::byte(2));
            QCOMPARE(file.tensors().size(), 3u);
        }
    }

    void refusesWrongSplits_data() {
        QTest::addColumn<int>("damage");
        QTest::addColumn<QString>("names");
        QTest::newRow("a part is missing") << 0 << "s-00002-of-00002.gguf";
        QTest::newRow("parts are swapped") << 1 << "s-00001-of-00002.gguf";
        QTest::newRow("a part of another model") << 2 << "another model";
        QTest::newRow("a part with the same tensor") << 3 << "“a” is there twice";
        QTest::newRow("the file was renamed") << 4 << "-00001-of-0000N.gguf";
        QTest::newRow("a part counts differently") << 5 << "s-00002-of-00002.gguf";
        QTest::newRow("a part that is no part") << 6 << "split.count";
    }
    void refusesWrongSplits() {
        QFETCH(int, damage);
        QFETCH(QString, names);
        const auto first = "s-00001-of-00002.gguf", second = "s-00002-of-00002.gguf";
        writeSplit(first, 0, 2, "a", "llama");
        writeSplit(second, 1, damage == 5 ? 3 : 2, damage == 3 ? "a" : "b", damage == 2 ? "qwen2" : nullptr);
        auto opened = path(first);
        if (damage == 0) {
            std::filesystem::remove(path(second));
        } else if (damage == 1) {
            writeSplit(first, 1, 2, "b");
            writeSplit(second, 0, 2, "a");
        } else if (damage == 4) {
            std::filesystem::rename(path(first), path("renamed.gguf"));
            opened = path("renamed.gguf");
        } else if (damage == 6) {
            GgufWriter().save(path(second));
        }
        const QString sentence = sentenceOf([&] { GgufFile::open(opened); });
        QVERIFY2(sentence.contains(names), qPrintable(sentence));
    }

    void refusesWhatIsNoFile() {
        const auto sentence = [&](const char* name) { return sentenceOf([&] { GgufFile::open(path(name)); }); };
        QCOMPARE(::mkfifo(path("fifo").c_str(), 0600), 0);
        std::filesystem::create_directory(path("folder"));
        std::filesystem::create_symlink("loop", path("loop"));
        std::ofstream(path("empty"));
        QVERIFY(sentence("fifo").contains("not an ordinary file"));
        QVERIFY(sentence("folder").contains("folder"));
        QVERIFY(sentence("loop").contains("link"));
        QVERIFY(sentence("absent").contains("no file “absent”"));
        QVERIFY(sentence("empty").contains("empty"));
        QVERIFY(sentenceOf([] { GgufFile::open("/dev/zero"); }).contains("not an ordinary file"));
        writeTinyLlama(path("tiny.gguf"));
        std::filesystem::create_symlink("tiny.gguf", path("link.gguf"));
        QCOMPARE(GgufFile::open(path("link.gguf")).tensors().size(),
                 GgufFile::open(path("tiny.gguf")).tensors().size());
    }

    void survivesTruncationWhileOpen() {
        writeTinyLlama(path("shrinking.gguf"));
        const GgufFile file = GgufFile::open(path("shrinking.gguf"));
        std::filesystem::resize_file(path("shrinking.gguf"), 4096);
        ErrorKind kind{};
        const QString sentence = sentenceOf([&] { file.read(*file.find("output.weight")); }, &kind);
        QVERIFY2(sentence.contains("shorter") && kind == ErrorKind::io, qPrintable(sentence));
        QCOMPARE(file.text("general.architecture").value(), std::string_view("llama"));
    }

    void readsOffsetsPast4GiB() {
        GgufWriter writer;
        writer.tensor("far", {4}, 0, std::vector<std::byte>(16));
        std::string bytes = writer.bytes();
        const std::uint64_t offset = 5ull << 30;
        const std::size_t at = bytes.find("far") + 3 + 4 + 8 + 4;
        std::memcpy(bytes.data() + at, &offset, sizeof offset);
        std::ofstream(path("sparse.gguf"), std::ios::binary) << bytes;
        std::filesystem::resize_file(path("sparse.gguf"), offset + 4096);
        const int descriptor = ::open(path("sparse.gguf").c_str(), O_WRONLY);
        const std::size_t dataStart = (at + 8 + 31) / 32 * 32;
        QCOMPARE(::pwrite(descriptor, "0123456789abcdef", 16, static_cast<off_t>(offset + dataStart)), 16);
        ::close(descriptor);
        const GgufFile file = GgufFile::open(path("sparse.gguf"));
        QCOMPARE(file.fileBytes(), offset + 4096);
        QCOMPARE(file.read(*file.find("far")).back(), std::byte('f'));
    }

    void describesModels() {
        TinyLlamaOptions options;
        options.type = 2;
        options.typeOf["output.weight"] = 14;
        options.chatTemplate = "{{ messages }}";
        writeTinyLlama(path("described.gguf"), options);
        const ModelInfo info = describe(GgufFile::open(path("described.gguf")));
        QCOMPARE(info.name, std::string("Tiny llama"));
        QCOMPARE(info.architecture, std::string("llama"));
        QCOMPARE(info.quantisation, std::string("Q4_0"));
        QCOMPARE(info.tensorTypes.size(), 3u);
        QCOMPARE(info.layerCount, 2u);
        QCOMPARE(info.headCountKv, 4u);
        QCOMPARE(info.contextLength, 512u);
        QCOMPARE(info.vocabularySize, 384u);
        QCOMPARE(info.licence, std::string("mit"));
        QCOMPARE(info.fileBytes, std::filesystem::file_size(path("described.gguf")));
        QVERIFY(info.hasChatTemplate);
        QVERIFY(info.warnings.empty());
        QVERIFY(info.parameterCount > 256 * 384 * 2);
    }

    void warnsInsteadOfRefusing() {
        GgufWriter writer;
        writer.text("general.architecture", "llama");
        writer.text("general.name", "../../x\x1b[31m\n<b>\u202e!");
        writer.text("llama.block_count", "many");
        writer.i32("llama.attention.head_count", -5);
        writer.i32s("llama.feed_forward_length", std::vector<std::int32_t>{64, 128});
        writer.u32("tokenizer.chat_template", 3);
        writer.text("general.type", "adapter");
        writer.save(path("odd.gguf"));
        const ModelInfo info = describe(GgufFile::open(path("odd.gguf")));
        QCOMPARE(info.name, std::string("../../x[31m <b>!"));
        QCOMPARE(info.layerCount, 0u);
        QCOMPARE(info.feedForwardLength, 128u);
        QVERIFY(!info.hasChatTemplate);
        QStringList warnings;
        for (const std::string& warning : info.warnings) {
            warnings << QString::fromStdString(warning);
        }
        for (const char* about :
             {"llama.block_count", "llama.attention.head_count", "template", "adapter", "no tokenizer"}) {
            QVERIFY2(!warnings.filter(about).isEmpty(), about);
        }
    }

    void makesTextSafe_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("safe");
        QTest::newRow("plain") << QByteArray("Llama 3.1 – Größe") << QByteArray("Llama 3.1 – Größe");
        QTest::newRow("white space") << QByteArray(" a\t\n b\u00a0\u2028c ") << QByteArray("a b c");
        QTest::newRow("escape") << QByteArray("\x1b[2Jx\x7f\u009b") << QByteArray("[2Jx");
        QTest::newRow("bidi") << QByteArray("a\u202eb\u2066c\u200f") << QByteArray("abc");
        QTest::newRow("invisible") << QByteArray("a\u200bb\ufeffc\u00ad") << QByteArray("abc");
        QTest::newRow("no UTF-8") << QByteArray("a\xff\xc3(\xed\xa0\x80")
                                  << QByteArray("a\ufffd\ufffd(\ufffd\ufffd\ufffd");
        QTest::newRow("zero byte") << QByteArray("a\0b", 3) << QByteArray("ab");
        QTest::newRow("long") << QByteArray(300, 'x') << QByteArray(200, 'x') + "…";
    }
    void makesTextSafe() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, safe);
        QCOMPARE(QByteArray::fromStdString(safeText({text.data(), static_cast<std::size_t>(text.size())})), safe);
    }
};

QTEST_GUILESS_MAIN(GgufFileTest)
#include "tst_gguf_file.moc"
