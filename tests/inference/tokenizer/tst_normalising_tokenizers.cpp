// WordPiece ("bert") and unigram ("t5"), which change a text before they cut it: over small vocabularies of the tests'
// own, long texts and damaged files.
#include "inference/tokenizer/base_letters.h"
#include "inference/tokenizer/charsmap.h"
#include "inference/tokenizer/stream_decoder.h"
#include "inference/tokenizer/tokenizer.h"
#include "tests/inference/tokenizer/random_text.h"
#include "tests/support/gguf_writer.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <limits>

using namespace lares::inference;
using namespace lares::test;

namespace {

using Texts = std::vector<std::string>;

/// A character map that turns 'A' into "a", U+00E9 (C3 A9) into "e" and NBSP (C2 A0) into a blank. The nodes stand
/// where the trie's arithmetic finds them: at (offset of the parent) xor (byte).
std::string smallCharsmap() {
    std::vector<std::uint32_t> nodes(1024, 0);
    const auto node = [&](std::uint32_t at, std::uint8_t label, std::uint32_t offset, bool ends) {
        nodes[at] = label | (ends ? 0x100u : 0u) | offset << 10;
    };
    const std::uint32_t root = 256;
    nodes[0] = root << 10;
    std::string replacements;
    const auto value = [&](std::uint32_t at, const char* text) {
        nodes[at] = 0x80000000u | static_cast<std::uint32_t>(replacements.size());
        replacements.append(text).push_back('\0');
    };
    node(root ^ 'A', 'A', 1, true);
    value((root ^ 'A') ^ 1, "a");
    const std::uint32_t c3 = root ^ 0xC3, children = c3 ^ 512;
    node(c3, 0xC3, 512, false);
    node(children ^ 0xA9, 0xA9, 1, true);
    value((children ^ 0xA9) ^ 1, "e");
    const std::uint32_t c2 = root ^ 0xC2, others = c2 ^ 513;
    node(c2, 0xC2, 513, false);
    node(others ^ 0xA0, 0xA0, 2, true);
    value((others ^ 0xA0) ^ 2, " ");
    const auto size = static_cast<std::uint32_t>(nodes.size() * sizeof(std::uint32_t));
    std::string bytes(sizeof(size) + size, '\0');
    std::memcpy(bytes.data(), &size, sizeof(size));
    std::memcpy(bytes.data() + sizeof(size), nodes.data(), size);
    return bytes + replacements;
}

/// As a GGUF array of u8.
void writeCharsmap(GgufWriter& writer, const std::string& bytes) {
    const std::uint32_t kind = 0;
    const std::uint64_t count = bytes.size();
    std::string value(sizeof(kind) + sizeof(count), '\0');
    std::memcpy(value.data(), &kind, sizeof(kind));
    std::memcpy(value.data() + sizeof(kind), &count, sizeof(count));
    writer.raw("tokenizer.ggml.precompiled_charsmap", 9, value + bytes);
}

}  // namespace

class NormalisingTokenizersTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Tokenizer tokenizerOf(const GgufWriter& writer) const {
        const auto path = std::filesystem::path(m_folder.path().toStdString()) / "vocabulary.gguf";
        writer.save(path);
        return Tokenizer::create(GgufFile::open(path));
    }

    Tokenizer toy(ToyVocabulary kind) const {
        GgufWriter writer;
        addToyVocabulary(writer, kind, 400);
        return tokenizerOf(writer);
    }

    Tokenizer unigramWithCharsmap(const std::string& bytes, bool mergeSpaces = true) const {
        GgufWriter writer;
        addToyVocabulary(writer, ToyVocabulary::unigram, 400);
        writeCharsmap(writer, bytes);
        writer.flag("tokenizer.ggml.remove_extra_whitespaces", mergeSpaces);
        return tokenizerOf(writer);
    }

    static Texts names(const Tokenizer& tokenizer, std::string_view text, bool special = false) {
        Texts out;
        for (const TokenId id : tokenizer.encode(text, {.addSpecial = special})) {
            out.emplace_back(tokenizer.name(id));
        }
        return out;
    }

 private slots:
    void wordPieceCoversWords() {
        const Tokenizer tokenizer = toy(ToyVocabulary::wordPiece);
        QCOMPARE(names(tokenizer, "the Hatter"), (Texts{"▁the", "▁hat", "t", "er"}));
        QCOMPARE(names(tokenizer, "  a\t\nb  "), (Texts{"▁a", "▁b"}));
        QCOMPARE(names(tokenizer, "a.b!"), (Texts{"▁a", "▁.", "▁b", "▁!"}));
        QCOMPARE(names(tokenizer, "a中a"), (Texts{"▁a", "▁中", "▁a"}));
        QCOMPARE(names(tokenizer, "aшb the"), (Texts{"[UNK]", "▁the"}));
        QVERIFY(names(tokenizer, " \n ").empty());
        QCOMPARE(names(tokenizer, "the", true), (Texts{"[CLS]", "▁the", "[SEP]"}));
        QCOMPARE(names(tokenizer, "", true), (Texts{"[CLS]", "[SEP]"}));
    }

    void wordPieceFoldsWhatItReads() {
        const Tokenizer tokenizer = toy(ToyVocabulary::wordPiece);
        QCOMPARE(names(tokenizer, "THÉ"), (Texts{"▁the"}));
        QCOMPARE(names(tokenizer, "the\u0301"), (Texts{"▁the"}));
        QCOMPARE(names(tokenizer, "t\u200bh\u0001e\xff"), (Texts{"▁the"}));
        QCOMPARE(names(tokenizer, "a\u00a0b\u3000c"), (Texts{"▁a", "▁b", "▁c"}));
        GgufWriter writer;
        addToyVocabulary(writer, ToyVocabulary::wordPiece, 400);
        writer.flag("tokenizer.ggml.normalizer.lowercase", false);
        QCOMPARE(names(tokenizerOf(writer), "The the"), (Texts{"[UNK]", "▁the"}));
    }

    void wordPieceDecodesToWords() {
        const Tokenizer tokenizer = toy(ToyVocabulary::wordPiece);
        const auto ids = tokenizer.encode("The hatter");
        QCOMPARE(tokenizer.decode(ids), std::string("the hatter"));
        StreamDecoder stream(tokenizer, false, true);
        std::string out;
        for (const TokenId id : ids) out += stream.push(id);
        QCOMPARE(out + stream.finish(), std::string("the hatter"));
    }

    void baseLetters() {
        const auto of = [](char32_t code) {
            std::u32string out;
            appendBaseLetters(out, code);
            return out;
        };
        QVERIFY(of(U'a') == U"a" && of(U'é') == U"e" && of(U'Ǖ') == U"U" && of(U'ш') == U"ш");
        QVERIFY(of(0xAC01) == std::u32string({0x1100, 0x1161, 0x11A8}));
        QVERIFY(of(0xAC00) == std::u32string({0x1100, 0x1161}));
        QVERIFY(of(0x0340).empty());
        QVERIFY(of(0xF900) == std::u32string({0x8C48}));
    }

    void unigramTakesTheBestSum() {
        const Tokenizer tokenizer = toy(ToyVocabulary::unigram);
        // "▁h" + a + t = -14 loses against "▁" + "hat" = -9.
        QCOMPARE(names(tokenizer, "the hat"), (Texts{"▁the", "▁", "hat"}));
        QCOMPARE(names(tokenizer, "hi"), (Texts{"▁h", "i"}));
        QCOMPARE(names(tokenizer, "aшщb"), (Texts{"▁", "a", "<unk>", "b"}));
        QCOMPARE(names(tokenizer, "the", true), (Texts{"▁the", "</s>"}));
        QVERIFY(names(tokenizer, "").empty());
        QCOMPARE(tokenizer.decode(tokenizer.encode("the  hat")), std::string("the  hat"));
    }

    void unigramBeginsTextsWhereTheFileSaysSo() {
        GgufWriter writer;
        addToyVocabulary(writer, ToyVocabulary::unigram, 400);
        writer.u32("tokenizer.ggml.bos_token_id", 0);
        writer.flag("tokenizer.ggml.add_bos_token", true);
        writer.flag("tokenizer.ggml.add_space_prefix", false);
        QCOMPARE(names(tokenizerOf(writer), "hat", true), (Texts{"<pad>", "hat", "</s>"}));
    }

    void unigramNormalises() {
        const Tokenizer tokenizer = unigramWithCharsmap(smallCharsmap());
        QCOMPARE(names(tokenizer, "hAt"), (Texts{"▁", "hat"}));
        QCOMPARE(names(tokenizer, "thé  \u00a0thé "), (Texts{"▁the", "▁the"}));
        const Tokenizer keeps = unigramWithCharsmap(smallCharsmap(), false);
        QCOMPARE(names(keeps, "a  a"), (Texts{"▁", "a", "▁", "▁", "a"}));
    }

    void damagedCharsmapsAreRefusedOrHarmless() {
        const std::string good = smallCharsmap();
        const auto refused = [](const std::string& bytes) {
            try {
                Charsmap map(bytes);
            } catch (const Error& error) {
                return error.kind() == ErrorKind::badFile;
            }
            return false;
        };
        QVERIFY(refused("ab"));
        QVERIFY(refused(good.substr(0, 100)));
        QVERIFY(refused(good + "no end"));
        QVERIFY(refused(good + std::string(1000, 'x') + '\0'));
        QVERIFY(!refused(""));
        // Every node points back at itself or far away: no walk may leave the array or go on for ever.
        for (const std::uint32_t node : {0xFFFFFFFFu, 0x7FFFFFFFu, 0x00000161u, 0x40000361u, 0x80000000u}) {
            std::string bytes = good;
            for (std::size_t at = 4; at + 4 <= 4 + 1024 * 4; at += 4) {
                std::memcpy(bytes.data() + at, &node, 4);
            }
            const Charsmap map(bytes);
            map.longest(std::string(100000, 'a'));
        }
        std::mt19937_64 random(5);
        for (int i = 0; i < 300; ++i) {
            std::string bytes = good;
            for (int k = 0; k < 300; ++k) bytes[4 + random() % 4096] = static_cast<char>(random());
            const Charsmap map(bytes);
            for (int k = 0; k < 20; ++k) {
                const std::string text = randomText(random, true);
                QVERIFY(map.longest(text).bytes <= text.size());
            }
        }
    }

    void damagedVocabulariesAreRefusedOrHarmless() {
        GgufWriter none, lacksScores;
        none.text("tokenizer.ggml.model", "none");
        QVERIFY_EXCEPTION_THROWN(tokenizerOf(none), Error);
        lacksScores.text("tokenizer.ggml.model", "t5");
        lacksScores.texts("tokenizer.ggml.tokens", Texts{"a"});
        QVERIFY_EXCEPTION_THROWN(tokenizerOf(lacksScores), Error);
        GgufWriter odd;
        odd.text("tokenizer.ggml.model", "t5");
        odd.texts("tokenizer.ggml.tokens", Texts{"", "a", "a", "\xc3", std::string(70000, 'a'), "b"});
        const float nan = std::numeric_limits<float>::quiet_NaN(), huge = std::numeric_limits<float>::infinity();
        odd.f32s("tokenizer.ggml.scores", std::vector<float>{0, nan, huge, huge, -huge, huge});
        const Tokenizer tokenizer = tokenizerOf(odd);
        std::mt19937_64 random(9);
        for (int i = 0; i < 300; ++i) tokenizer.decode(tokenizer.encode(randomText(random, true)), true);
        QCOMPARE(names(tokenizer, "ab"), (Texts{"a", "b"}));
    }

    void longTextsTakeLinearTime_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("unit");
        for (const char* unit : {"a", " ", "the ", "é", "中", "!", "\xff", "e\u0301", "[MASK]"}) {
            QTest::addRow("bert %s", QByteArray(unit).toPercentEncoding().data()) << 2 << QByteArray(unit);
            QTest::addRow("t5 %s", QByteArray(unit).toPercentEncoding().data()) << 3 << QByteArray(unit);
        }
    }
    void longTextsTakeLinearTime() {
        QFETCH(int, kind);
        QFETCH(QByteArray, unit);
        const Tokenizer tokenizer = toy(static_cast<ToyVocabulary>(kind));
        const std::string text = unit.repeated((1 << 20) / static_cast<int>(unit.size())).toStdString();
        QElapsedTimer timer;
        timer.start();
        tokenizer.encode(text, {.parseSpecial = true});
        // About 0.5 s under sanitizers; anything quadratic would take hours.
        QVERIFY2(timer.elapsed() < 30000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(NormalisingTokenizersTest)
#include "tst_normalising_tokenizers.moc"
