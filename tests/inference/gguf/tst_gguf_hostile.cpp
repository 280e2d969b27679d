// Files that lie. Whatever a file says, opening it, describing it and making its tokenizer ends in a model or in one
// clear sentence, without a crash and without more memory than a small multiple of the file.
#include "inference/gguf/model_info.h"
#include "inference/gguf/safe_text.h"
#include "inference/tokenizer/tokenizer.h"
#include "tests/inference/gguf/allocation_meter.h"
#include "tests/support/gguf_writer.h"

#include <cstring>
#include <fstream>
#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace lares::inference;
using namespace lares::test;

namespace {

// A metadata entry of 13 bytes takes 48, doubled while its vector grows; a token of 9 bytes some 140 in all tables.
constexpr std::size_t kMemoryFactor = 32, kMemoryFixed = 2 << 20;

/// How far a file got.
struct Outcome {
    enum Stage { refusedByReader, refusedByTokenizer, loaded, brokenRules } stage = brokenRules;
    QString sentence;
};

Outcome refused(Outcome::Stage stage, const Error& error) {
    const std::string sentence = error.what();
    const bool clear = sentence.size() > 10 && sentence.ends_with('.') && safeText(sentence, 2000) == sentence;
    return {clear ? stage : Outcome::brokenRules, QString::fromStdString(sentence)};
}

/// Everything short of the hyper-parameters that a program does with a file before it computes.
Outcome tryModel(const std::filesystem::path& path) {
    Outcome::Stage stage = Outcome::refusedByReader;
    try {
        const GgufFile file = GgufFile::open(path);
        describe(file);
        std::array<std::byte, 64> bytes;
        for (const GgufTensor& tensor : file.tensors()) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(tensor.sizeBytes, bytes.size()));
            file.read(tensor, tensor.sizeBytes - size, std::span(bytes).first(size));
        }
        stage = Outcome::refusedByTokenizer;
        const Tokenizer tokenizer = Tokenizer::create(file);
        const auto tokens = tokenizer.encode("Hello <s> wörld\n", {.addSpecial = true, .parseSpecial = true});
        tokenizer.decode(tokens, true);
        return {Outcome::loaded, {}};
    } catch (const Error& error) {
        return refused(stage, error);
    } catch (const std::exception& error) {
        return {Outcome::brokenRules, QString("another exception: ") + error.what()};
    }
}

/// The same for a file whose weights may be missing.
Outcome tryHead(const std::filesystem::path& path) {
    try {
        describe(GgufFile::open(path, GgufData::mayBeMissing));
        return {Outcome::loaded, {}};
    } catch (const Error& error) {
        return refused(Outcome::refusedByReader, error);
    } catch (const std::exception& error) {
        return {Outcome::brokenRules, QString("another exception: ") + error.what()};
    }
}

/// Both with the memory they took held against the file's size.
Outcome tryMeasured(const std::filesystem::path& path) {
    const std::size_t size = std::filesystem::exists(path) ? std::filesystem::file_size(path) : 0;
    resetAllocationPeak();
    const Outcome outcome = tryModel(path);
    const Outcome head = tryHead(path);
    if (head.stage == Outcome::brokenRules) {
        return head;
    }
    if (head.stage == Outcome::refusedByReader && outcome.stage != Outcome::refusedByReader) {
        return {Outcome::brokenRules, "refused where more is allowed: " + head.sentence};
    }
    if (allocationPeakBytes() > size * kMemoryFactor + kMemoryFixed) {
        return {Outcome::brokenRules, QString("took %1 bytes of memory").arg(allocationPeakBytes())};
    }
    return outcome;
}

std::string readAll(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void writeAll(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

struct SharedCase {
    const char* prefix;
    Outcome::Stage stage;
    const char* says;  ///< part of the sentence
};

// CASES.md as far as the reader and the tokenizer are concerned; hyper-parameters (44 to 52) are checked with the
// models.
constexpr SharedCase kSharedCases[] = {
    {"00-", Outcome::loaded, ""},
    {"02-", Outcome::refusedByReader, "ends inside its header"},
    {"04-", Outcome::refusedByReader, "version 0"},
    {"06-", Outcome::refusedByReader, "version 4"},
    {"08-", Outcome::refusedByReader, "1 to 63 bytes"},
    {"10-", Outcome::refusedByReader, ""},
    {"12-", Outcome::refusedByReader, "ends inside its metadata"},
    {"14-", Outcome::refusedByReader, "without a name"},
    {"16-", Outcome::refusedByReader, "array of arrays"},
    {"18-", Outcome::refusedByReader, "ends inside its metadata"},
    {"20-", Outcome::refusedByReader, "general.alignment"},
    {"22-", Outcome::refusedByReader, "general.alignment"},
    {"24-", Outcome::refusedByReader, "5 dimensions"},
    {"26-", Outcome::refusedByReader, "impossible shape"},
    {"28-", Outcome::refusedByReader, "impossible shape"},
    {"30-", Outcome::refusedByReader, "rows of 33 elements"},
    {"32-", Outcome::refusedByReader, "weight type -1"},
    {"34-", Outcome::refusedByReader, "ends before the data"},
    {"36-", Outcome::refusedByReader, "multiple of 32"},
    {"38-", Outcome::refusedByReader, "ends before the data"},
    {"40-", Outcome::refusedByReader, "ends inside its metadata"},
    {"42-", Outcome::refusedByReader, "1 to 63 bytes"},
    {"44-", Outcome::loaded, ""},
    {"46-", Outcome::loaded, ""},
    {"48-", Outcome::loaded, ""},
    {"50-", Outcome::loaded, ""},
    {"52-", Outcome::loaded, ""},
    {"54-", Outcome::refusedByTokenizer, "scores for 8 tokens"},
    {"56-", Outcome::refusedByTokenizer, "tokenizer.ggml.token_type"},
    {"58-", Outcome::refusedByTokenizer, "byte token"},
    {"60-", Outcome::loaded, ""},
    {"62-", Outcome::loaded, ""},
    {"64-", Outcome::loaded, ""},
    {"66-", Outcome::loaded, ""},
};

}  // namespace

class GgufHostileTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::filesystem::path path(const char* name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    static QString sharedFolder() {
        return QString(LARES_SHARED_DIR).isEmpty() ? QString() : QString(LARES_SHARED_DIR) + "/data/gguf-bad";
    }

    /// Cut at every byte of its head, then at samples; what remains must never load as if nothing had happened.
    void cutEverywhere(const std::string& bytes, std::size_t everyByteUntil) {
        const auto file = path("cut.gguf");
        writeAll(file, bytes);
        for (std::size_t size = bytes.size(); size-- > 0;) {
            if (size > everyByteUntil && size % 1009 != 0) {
                continue;
            }
            std::filesystem::resize_file(file, size);
            const Outcome outcome = tryMeasured(file);
            QVERIFY2(outcome.stage != Outcome::brokenRules,
                     qPrintable(QString("cut at %1: %2").arg(size).arg(outcome.sentence)));
            if (size < 24) {
                QCOMPARE(outcome.stage, Outcome::refusedByReader);
            }
        }
    }

    void overwriteFields(const std::string& bytes, std::size_t until, std::size_t step) {
        constexpr std::uint64_t kValues[] = {0, 1, 1ull << 31, 0xFFFFFFFFull, ~0ull >> 1, 1ull << 63, ~0ull};
        const auto file = path("field.gguf");
        writeAll(file, bytes);
        std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
        for (std::size_t at = 0; at + 8 <= std::min(until, bytes.size()); at += step) {
            for (const std::uint64_t value : kValues) {
                stream.seekp(static_cast<std::streamoff>(at));
                stream.write(reinterpret_cast<const char*>(&value), 8).flush();
                const Outcome outcome = tryMeasured(file);
                QVERIFY2(outcome.stage != Outcome::brokenRules,
                         qPrintable(QString("%1 at %2: %3").arg(value).arg(at).arg(outcome.sentence)));
            }
            stream.seekp(static_cast<std::streamoff>(at));
            stream.write(bytes.data() + at, 8).flush();
        }
    }

    std::string smallModel(ToyVocabulary kind) const {
        GgufWriter writer;
        writer.text("general.architecture", "llama");
        addToyVocabulary(writer, kind, kind == ToyVocabulary::spm ? 384 : 288);
        writer.tensor("token_embd.weight", {32, 4}, 8, randomBlocks(8, 128, 1.0f, 1));
        writer.tensor("output_norm.weight", {32}, 0, randomBlocks(0, 32, 1.0f, 2));
        return writer.bytes();
    }

 private slots:
    void sharedFolderIsThereWhereItMustBe() {
        const bool required = qEnvironmentVariableIsSet("LARES_REQUIRE_SHARED");
        QVERIFY(!required || QDir(sharedFolder()).entryList({"*.gguf"}).size() >= 34);
    }

    void sharedCases_data() {
        QTest::addColumn<QString>("file");
        const QDir folder(sharedFolder());
        if (sharedFolder().isEmpty() || !folder.exists()) {
            QTest::newRow("(none here)") << QString();
        }
        for (const QString& name : sharedFolder().isEmpty() ? QStringList() : folder.entryList({"*.gguf"})) {
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
        }
    }
    void sharedCases() {
        QFETCH(QString, file);
        if (file.isEmpty()) {
            return;
        }
        QElapsedTimer timer;
        timer.start();
        const Outcome outcome = tryMeasured(file.toStdString());
        QVERIFY2(timer.elapsed() < 1000, "took a second");
        QVERIFY2(outcome.stage != Outcome::brokenRules, qPrintable(outcome.sentence));
        for (const SharedCase& known : kSharedCases) {
            if (QFileInfo(file).fileName().startsWith(known.prefix)) {
                QVERIFY2(outcome.stage == known.stage && outcome.sentence.contains(known.says),
                         qPrintable(outcome.sentence));
            }
        }
        const std::string bytes = readAll(file.toStdString());
        const bool control = QFileInfo(file).fileName().startsWith("00-");
        cutEverywhere(bytes, control ? 4096 : 1500);
        overwriteFields(bytes, control ? 2600 : 1500, control ? 1 : 24);
    }

    void sharedNameIsMadeSafe() {
        if (sharedFolder().isEmpty()) {
            return;
        }
        const auto file = sharedFolder().toStdString() + "/66-name-path-injection.gguf";
        const std::string name = describe(GgufFile::open(file)).name;
        QVERIFY(!name.empty() && name.find('\x1b') == std::string::npos && name.find('\n') == std::string::npos);
        QVERIFY(name.find("\u202e") == std::string::npos);
        const ModelInfo odd =
            describe(GgufFile::open(sharedFolder().toStdString() + "/64-chat-template-not-string.gguf"));
        QVERIFY(!odd.hasChatTemplate && !odd.warnings.empty());
    }

    void ownModels_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("llama") << static_cast<int>(ToyVocabulary::spm);
        QTest::newRow("gpt2") << static_cast<int>(ToyVocabulary::bpe);
    }
    void ownModels() {
        QFETCH(int, kind);
        const std::string bytes = smallModel(static_cast<ToyVocabulary>(kind));
        writeAll(path("own.gguf"), bytes);
        QCOMPARE(tryMeasured(path("own.gguf")).stage, Outcome::loaded);
        cutEverywhere(bytes, 700);
        overwriteFields(bytes, bytes.size(), 31);
    }

    void ownBadFiles_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto add = [](const char* row, auto spoil, const char* says) {
            GgufWriter writer;
            spoil(writer);
            QTest::newRow(row) << QByteArray::fromStdString(writer.bytes()) << QString(says);
        };
        const std::vector<std::byte> data(64);
        add(
            "version 1", [](GgufWriter& w) { w.version = 1; }, "version 1");
        add(
            "big-endian", [](GgufWriter& w) { w.version = 3u << 24; }, "big-endian");
        add(
            "a key twice", [](GgufWriter& w) { w.u32("k", 1), w.u32("k", 2); }, "“k” is there twice");
        add(
            "a key of no known kind", [](GgufWriter& w) { w.raw("k", 13, ""); }, "kind 13");
        add(
            "an empty key", [](GgufWriter& w) { w.u32("", 1); }, "without a name");
        add(
            "a long key", [](GgufWriter& w) { w.u32(std::string(70000, 'k'), 1); }, "70000 bytes");
        add(
            "alignment 48", [](GgufWriter& w) { w.alignment = 48; }, "power of two");
        add(
            "alignment 0", [](GgufWriter& w) { w.u32("general.alignment", 0); }, "power of two");
        add(
            "a tensor twice", [&](GgufWriter& w) { w.tensor("t", {16}, 0, data), w.tensor("t", {16}, 0, data); },
            "“t” is there twice");
        add(
            "no dimensions", [&](GgufWriter& w) { w.tensor("t", {}, 0, data); }, "0 dimensions");
        add(
            "a dimension of nothing",
            [&](GgufWriter& w) {
                w.tensor("t", {16, 0}, 0, data);
            },
            "impossible shape");
        add(
            "too many elements",
            [&](GgufWriter& w) {
                w.tensor("t", {1ull << 40, 1ull << 40}, 0, data);
            },
            "impossible shape");
        add(
            "too many bytes", [&](GgufWriter& w) { w.tensor("t", {1ull << 62}, 28, data); }, "impossible shape");
        add(
            "a type never given out", [&](GgufWriter& w) { w.tensor("t", {16}, 4711, data); }, "weight type 4711");
        add(
            "a removed type", [&](GgufWriter& w) { w.tensor("t", {32}, 31, data); }, "Q4_0_4_4");
        add(
            "tensors over each other",
            [&](GgufWriter& w) {
                w.tensor("a", {64}, 0, {});
                w.tensor("b", {64}, 0, std::vector<std::byte>(256));
            },
            "share bytes");
        QTest::newRow("another format") << QByteArray("PK\3\4 and so on, long enough for a header")
                                        << "not a GGUF model";
        QTest::newRow("half the magic") << QByteArray("GG") << "ends inside its header";
    }
    void ownBadFiles() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        writeAll(path("bad.gguf"), {bytes.data(), static_cast<std::size_t>(bytes.size())});
        const Outcome outcome = tryMeasured(path("bad.gguf"));
        QVERIFY2(outcome.stage == Outcome::refusedByReader && outcome.sentence.contains(says),
                 qPrintable(outcome.sentence));
    }

    /// A file that is cut short can be described where that is asked for, and never read as if it were whole.
    void cutShortIsDescribed() {
        const std::string bytes = smallModel(ToyVocabulary::spm);
        // 136 bytes of Q8_0, filled up to 160, and 128 of F32.
        for (const auto& [cut, missing] : {std::pair{288u, 264u}, {188u, 164u}, {140u, 128u}, {128u, 128u}, {1u, 1u}}) {
            writeAll(path("short.gguf"), std::string_view(bytes).substr(0, bytes.size() - cut));
            QCOMPARE(tryMeasured(path("short.gguf")).stage, Outcome::refusedByReader);
            const GgufFile file = GgufFile::open(path("short.gguf"), GgufData::mayBeMissing);
            QCOMPARE(file.missingBytes(), std::uint64_t{missing});
            const ModelInfo info = describe(file);
            QVERIFY(!info.warnings.empty());
            QVERIFY2(QString(info.warnings.back().c_str()).contains("not complete"), info.warnings.back().c_str());
            QVERIFY_EXCEPTION_THROWN(file.read(*file.find("output_norm.weight")), Error);
        }
    }

    /// Missing data have to be missing at the end; anywhere else nobody knows what the file was meant to say.
    void dataElsewhereAreNoDownload() {
        std::string bytes = smallModel(ToyVocabulary::spm);
        const std::string name = "output_norm.weight";
        const std::size_t offsetAt = bytes.find(name) + name.size() + 4 + 8 + 4;
        for (const std::uint64_t offset : {1ull << 40, 1ull << 59, 1ull << 62, ~0ull - 31}) {
            std::memcpy(bytes.data() + offsetAt, &offset, 8);
            writeAll(path("elsewhere.gguf"), bytes);
            QVERIFY_EXCEPTION_THROWN(GgufFile::open(path("elsewhere.gguf"), GgufData::mayBeMissing), Error);
        }
    }

    void theMeterMeasures() {
        resetAllocationPeak();
        const std::vector<char> big(3 << 20);
        QVERIFY(allocationPeakBytes() >= big.size());
    }
};

QTEST_GUILESS_MAIN(GgufHostileTest)
#include "tst_gguf_hostile.moc"
