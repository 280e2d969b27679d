// Tokenizers over small vocabularies of the tests' own: rules, round trips, special tokens, hostile vocabularies,
// speed.
#include "inference/gguf/utf8.h"
#include "inference/tokenizer/pretokenizer.h"
#include "inference/tokenizer/pretokenizer_table.h"
#include "inference/tokenizer/stream_decoder.h"
#include "inference/tokenizer/tokenizer.h"
#include "tests/inference/tokenizer/random_text.h"
#include "tests/support/gguf_writer.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <set>

using namespace lares::inference;
using namespace lares::test;

namespace {

using Texts = std::vector<std::string>;

/// A vocabulary given by hand.
struct Vocabulary {
    std::string model = "llama", pre = "gpt-2";
    Texts tokens;
    std::vector<float> scores;
    std::vector<std::int32_t> types;
    Texts merges;

    GgufWriter writer() const {
        GgufWriter w;
        w.text("tokenizer.ggml.model", model);
        w.texts("tokenizer.ggml.tokens", tokens);
        w.f32s("tokenizer.ggml.scores", scores);
        w.i32s("tokenizer.ggml.token_type", types);
        if (model == "gpt2") {
            w.text("tokenizer.ggml.pre", pre);
            w.texts("tokenizer.ggml.merges", merges);
        }
        return w;
    }
    void add(const std::string& token, std::int32_t type = 1, float score = 0) {
        tokens.push_back(token);
        types.push_back(type);
        scores.push_back(score);
    }
};

}  // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Tokenizer tokenizerOf(const GgufWriter& writer) const {
        const auto path = std::filesystem::path(m_folder.path().toStdString()) / "vocabulary.gguf";
        writer.save(path);
        return Tokenizer::create(GgufFile::open(path));
    }

    Tokenizer toy(ToyVocabulary kind, bool spacePrefix = true) const {
        GgufWriter writer;
        addToyVocabulary(writer, kind, 400);
        if (!spacePrefix) {
            writer.flag("tokenizer.ggml.add_space_prefix", false);
        }
        return tokenizerOf(writer);
    }

    static Texts names(const Tokenizer& tokenizer, const std::vector<TokenId>& ids) {
        Texts out;
        for (const TokenId id : ids) {
            out.emplace_back(tokenizer.name(id));
        }
        return out;
    }

    QString refusal(const GgufWriter& writer) const {
        try {
            tokenizerOf(writer);
        } catch (const Error& error) {
            return QString::fromUtf8(error.what());
        }
        return {};
    }

 private slots:
    void encodesSpm() {
        const Tokenizer tokenizer = toy(ToyVocabulary::spm);
        QCOMPARE(names(tokenizer, tokenizer.encode("the hat")), (Texts{"<s>", "\u2581the", "\u2581h", "a", "t"}));
        QCOMPARE(names(tokenizer, tokenizer.encode("é", {.addSpecial = false})), (Texts{"\u2581", "<0xC3>", "<0xA9>"}));
        QVERIFY(tokenizer.encode("", {.addSpecial = false}).empty());
        QCOMPARE(tokenizer.encode("").size(), 1u);
        const Tokenizer bare = toy(ToyVocabulary::spm, false);
        QCOMPARE(names(bare, bare.encode("the", {.addSpecial = false})), (Texts{"t", "he"}));
    }

    void spmTakesTheBestScoreThenTheLeftmost() {
        Vocabulary v;
        for (const char* token : {"<unk>", "<s>", "</s>", "a", "b", "c"}) {
            v.add(token, v.tokens.size() < 3 ? 3 : 1, -100);
        }
        v.add("ab", 1, -2);
        v.add("bc", 1, -1);
        v.add("aa", 1, -3);
        GgufWriter writer = v.writer();
        writer.flag("tokenizer.ggml.add_space_prefix", false);
        writer.flag("tokenizer.ggml.add_bos_token", false);
        const Tokenizer tokenizer = tokenizerOf(writer);
        QCOMPARE(names(tokenizer, tokenizer.encode("abc")), (Texts{"a", "bc"}));
        QCOMPARE(names(tokenizer, tokenizer.encode("aaa")), (Texts{"aa", "a"}));
    }

    void encodesBpe() {
        const Tokenizer tokenizer = toy(ToyVocabulary::bpe);
        QCOMPARE(names(tokenizer, tokenizer.encode("the thing")), (Texts{"t", "he", "Ġt", "h", "ing"}));
        QCOMPARE(names(tokenizer, tokenizer.encode("\n\n1234")), (Texts{"Ċ", "Ċ", "1", "2", "3", "4"}));
        QVERIFY(!tokenizer.addsBos());
    }

    void specialTokensOnlyWhereAllowed_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("special");
        QTest::newRow("llama") << static_cast<int>(ToyVocabulary::spm) << QByteArray("</s>");
        QTest::newRow("gpt2") << static_cast<int>(ToyVocabulary::bpe) << QByteArray("<|im_end|>");
    }
    void specialTokensOnlyWhereAllowed() {
        QFETCH(int, kind);
        QFETCH(QByteArray, special);
        const Tokenizer tokenizer = toy(static_cast<ToyVocabulary>(kind));
        const std::string text = "a" + special.toStdString() + "b", written = special.toStdString();
        const TokenId id = tokenizer.find(written).value();
        const auto has = [&](const std::vector<TokenId>& ids) { return std::ranges::count(ids, id); };
        QVERIFY(tokenizer.isControl(id) && tokenizer.isEndOfGeneration(id));
        QCOMPARE(has(tokenizer.encode(text, {.addSpecial = false, .parseSpecial = true})), 1);
        QCOMPARE(has(tokenizer.encode(text, {.addSpecial = false})), 0);
        // A forged token is not one, not even when it is put together across a border of parts.
        const std::string half = written.substr(0, 3), rest = written.substr(3);
        const std::vector<TextPart> parts = {{written, true}, {written, false}, {half, true}, {rest, false}};
        const auto ids = tokenizer.encode(parts, false);
        QCOMPARE(has(ids), 1);
        QCOMPARE(ids.front(), id);
        const std::vector<TextPart> joined = {{half, true}, {"", false}, {rest, true}};
        QCOMPARE(has(tokenizer.encode(joined, false)), 1);
        QCOMPARE(tokenizer.decode(std::vector{id}), std::string());
        QCOMPARE(tokenizer.decode(std::vector{id}, true), written);
    }

    void partsAreOneText() {
        const Tokenizer tokenizer = toy(ToyVocabulary::bpe);
        const std::vector<TextPart> parts = {{"t", true}, {"he th", false}, {"ing", false}};
        QCOMPARE(tokenizer.encode(parts, false), tokenizer.encode("the thing"));
    }

    void userDefinedTokensAlwaysLongestFirst() {
        Vocabulary v;
        v.add("<unk>", 2);
        v.add("<s>", 3);
        v.add("</s>", 3);
        for (char c = 'a'; c <= 'f'; ++c) {
            v.add(std::string(1, c));
        }
        v.add("\u2581");
        v.add("bc", 4);
        v.add("cde", 4);
        const Tokenizer tokenizer = tokenizerOf(v.writer());
        QCOMPARE(names(tokenizer, tokenizer.encode("abcdef", {.addSpecial = false})),
                 (Texts{"\u2581", "a", "b", "cde", "\u2581", "f"}));
        QCOMPARE(tokenizer.decode(tokenizer.encode("abcbcdef")), std::string("abcbcdef"));
    }

    void phi3SwallowsSpaceAfterControlTokens() {
        Vocabulary v;
        for (const char* token : {"<unk>", "<s>", "</s>", "<|end|>", "\u2581", "a"}) {
            v.add(token, v.tokens.size() < 4 ? 3 : 1);
        }
        GgufWriter writer = v.writer();
        writer.text("general.name", "Phi-3 mini");
        const Tokenizer tokenizer = tokenizerOf(writer);
        const auto ids = tokenizer.encode("<|end|>\n a", {.addSpecial = false, .parseSpecial = true});
        QCOMPARE(names(tokenizer, ids), (Texts{"<|end|>", "\u2581", "a"}));
    }

    void jinaSwallowsSpaceBeforeTheMask() {
        Vocabulary v;
        v.model = "gpt2";
        for (const char* token : {"a", "\u0120", "<mask>", "</s>"}) {
            v.add(token, v.tokens.size() < 2 ? 1 : 3);
        }
        v.pre = "jina-v2-code";
        GgufWriter writer = v.writer();
        writer.u32("tokenizer.ggml.seperator_token_id", 3);
        const Tokenizer tokenizer = tokenizerOf(writer);
        QCOMPARE(names(tokenizer, tokenizer.encode("a \n<mask> a", {.parseSpecial = true})),
                 (Texts{"a", "<mask>", "\u0120", "a", "</s>"}));
    }

    void roundTrips_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("prefix");
        QTest::newRow("llama") << 0 << true;
        QTest::newRow("llama without prefix") << 0 << false;
        QTest::newRow("gpt2") << 1 << true;
    }
    void roundTrips() {
        QFETCH(int, kind);
        QFETCH(bool, prefix);
        const Tokenizer tokenizer = toy(static_cast<ToyVocabulary>(kind), prefix);
        std::mt19937_64 random(7);
        for (int i = 0; i < 1000; ++i) {
            const std::string text = randomText(random, true, kind != 0);
            const auto ids = tokenizer.encode(text);
            QCOMPARE(QByteArray::fromStdString(tokenizer.decode(ids)).toHex(), QByteArray::fromStdString(text).toHex());
        }
    }

    void streamsWholeCharacters() {
        const Tokenizer tokenizer = toy(ToyVocabulary::bpe);
        std::mt19937_64 random(11);
        for (int i = 0; i < 300; ++i) {
            const std::string text = randomText(random, false);
            StreamDecoder decoder(tokenizer);
            std::string out;
            for (const TokenId id : tokenizer.encode(text)) {
                const std::string piece = decoder.push(id);
                QCOMPARE(incompleteTail(piece), 0u);
                out += piece;
            }
            QVERIFY(decoder.finish().empty());
            QCOMPARE(out, text);
        }
    }

    void streamsBrokenTextAsReplacements() {
        const Tokenizer tokenizer = toy(ToyVocabulary::spm);
        const auto byte = [&](const char* name) { return tokenizer.find(name).value(); };
        StreamDecoder decoder(tokenizer);
        QCOMPARE(decoder.push(byte("<0xF0>")), std::string());
        QCOMPARE(decoder.push(byte("<0x9F>")), std::string());
        QCOMPARE(decoder.push(byte("<0x41>")), std::string("\ufffd\ufffdA"));
        QCOMPARE(decoder.push(byte("<0xC3>")), std::string());
        QCOMPARE(decoder.finish(), std::string("\ufffd"));
        QCOMPARE(decoder.finish(), std::string());
    }

    void streamTakesThePrefixOffAtATextStart() {
        const Tokenizer tokenizer = toy(ToyVocabulary::spm);
        const TokenId the = tokenizer.find("\u2581the").value();
        StreamDecoder answer(tokenizer, false, true), continued(tokenizer);
        QCOMPARE(answer.push(the), std::string("the"));
        QCOMPARE(answer.push(the), std::string(" the"));
        QCOMPARE(continued.push(the), std::string(" the"));
    }

    void everyPretokenizerKeepsTheText() {
        std::set<std::string_view> seen;
        for (const PretokenizerRule& rule : pretokenizerRules()) {
            for (const std::string_view name : rule.names) {
                QVERIFY2(seen.insert(name).second, "a name in two rows");
                QCOMPARE(findPretokenizer(name), &rule);
            }
            const Pretokenizer pretokenizer(rule.patterns);
            std::mt19937_64 random(3);
            for (int i = 0; i < 200; ++i) {
                const std::string text = randomText(random, true);
                std::string joined;
                for (const std::string_view word : pretokenizer.split(text)) {
                    QVERIFY(!word.empty());
                    joined += word;
                }
                QCOMPARE(joined, text);
            }
        }
        for (const char* name :
             {"llama-bpe",  "llama3",    "dbrx",   "smaug",  "qwen2",     "stablelm2",    "deepseek-r1-qwen",
              "megrez",     "qwen35",    "gpt-2",  "phi-2",  "olmo",      "mpt",          "jais",
              "command-r",  "starcoder", "refact", "smollm", "codeshell", "exaone",       "minerva",
              "tekken",     "gpt-4o",    "llama4", "falcon", "default",   "deepseek-llm", "deepseek-coder",
              "deepseek-v3"}) {
            QVERIFY2(findPretokenizer(name) != nullptr, name);
        }
        QCOMPARE(findPretokenizer("no such"), nullptr);
    }

    void pretokenizersCut_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<QByteArray>>("words");
        using Words = QList<QByteArray>;
        QTest::newRow("gpt-2") << QByteArray("gpt-2") << QByteArray("I'll  go 123!")
                               << Words{"I", "'ll", " ", " go", " 123", "!"};
        QTest::newRow("llama3") << QByteArray("llama3") << QByteArray("I'LL 12345\n\n x")
                                << Words{"I", "'LL", " ", "123", "45", "\n\n", " x"};
        QTest::newRow("qwen2") << QByteArray("qwen2") << QByteArray("a12") << Words{"a", "1", "2"};
        QTest::newRow("command-r") << QByteArray("command-r") << QByteArray(" 12a") << Words{" ", "1", "2", "a"};
        QTest::newRow("tekken") << QByteArray("tekken") << QByteArray("fooBar BAZ") << Words{"foo", "Bar", " BAZ"};
        QTest::newRow("gpt-4o") << QByteArray("gpt-4o") << QByteArray("Don't 1234") << Words{"Don't", " ", "123", "4"};
        QTest::newRow("falcon") << QByteArray("falcon") << QByteArray("a==1234") << Words{"a", "==", "123", "4"};
        QTest::newRow("deepseek-v3") << QByteArray("deepseek-v3") << QByteArray("1234中文abc")
                                     << Words{"123", "4", "中文", "abc"};
        QTest::newRow("deepseek-llm") << QByteArray("deepseek-llm") << QByteArray("ab\n\n 12中ш ")
                                      << Words{"ab", "\n", "\n", " ", "12", "中", "ш", " "};
        QTest::newRow("no white space") << QByteArray("gpt-2") << QByteArray("a\u180eb") << Words{"a", "\u180e", "b"};
    }
    void pretokenizersCut() {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, text);
        QFETCH(QList<QByteArray>, words);
        const std::string held = text.toStdString();
        QList<QByteArray> is;
        for (const std::string_view word : Pretokenizer(findPretokenizer(name.toStdString())->patterns).split(held)) {
            is << QByteArray(word.data(), static_cast<qsizetype>(word.size()));
        }
        QCOMPARE(is, words);
    }

    void longTextsTakeNoLongerThanLongTextsMust_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("unit");
        for (const char* unit : {"a", " ", "the ", "\n", "é", "'", "1", "A", "中", "<", "\xff", "</s>"}) {
            QTest::addRow("llama %s", QByteArray(unit).toPercentEncoding().data()) << 0 << QByteArray(unit);
            QTest::addRow("gpt2 %s", QByteArray(unit).toPercentEncoding().data()) << 1 << QByteArray(unit);
        }
    }
    void longTextsTakeNoLongerThanLongTextsMust() {
        QFETCH(int, kind);
        QFETCH(QByteArray, unit);
        const Tokenizer tokenizer = toy(static_cast<ToyVocabulary>(kind));
        const std::string text = unit.repeated((1 << 20) / static_cast<int>(unit.size())).toStdString();
        QElapsedTimer timer;
        timer.start();
        const auto ids = tokenizer.encode(text, {.addSpecial = false, .parseSpecial = true});
        QVERIFY(!ids.empty());
        // About 0.3 s in a plain build; anything quadratic would take hours.
        QVERIFY2(timer.elapsed() < 30000, qPrintable(QString::number(timer.elapsed())));
    }

    void everyTokenizerPatternIsFastOnLongRuns() {
        for (const PretokenizerRule& rule : pretokenizerRules()) {
            const Pretokenizer pretokenizer(rule.patterns);
            for (const char* unit : {" ", "a", "A", "1", "!", "\n", "中", "\t "}) {
                const std::string text = QByteArray(unit).repeated(200000).toStdString();
                QElapsedTimer timer;
                timer.start();
                QVERIFY(!pretokenizer.split(text).empty());
                QVERIFY2(timer.elapsed() < 10000, rule.names.front().data());
            }
        }
    }

    void refusesWhatContradictsItself_data() {
        QTest::addColumn<int>("spoil");
        QTest::addColumn<QString>("says");
        QTest::newRow("no tokens") << 0 << "without any tokens";
        QTest::newRow("scores short") << 1 << "2 scores for 3 tokens";
        QTest::newRow("types short") << 2 << "1 token types for 3 tokens";
        QTest::newRow("bad byte token") << 3 << "“<0x-1>”";
        QTest::newRow("no scores") << 4 << "lacks the scores";
        QTest::newRow("unknown kind") << 5 << "“plamo2”";
        QTest::newRow("unknown pre-tokenizer") << 6 << "“brand-new”";
        QTest::newRow("no merges") << 7 << "lacks the merges";
        QTest::newRow("no tokenizer") << 8 << "no tokenizer";
        QTest::newRow("tokens are numbers") << 9 << "tokenizer.ggml.tokens";
    }
    void refusesWhatContradictsItself() {
        QFETCH(int, spoil);
        QFETCH(QString, says);
        GgufWriter w;
        if (spoil != 8) {
            w.text("tokenizer.ggml.model", spoil == 5 ? "plamo2" : spoil == 6 || spoil == 7 ? "gpt2" : "llama");
        }
        if (spoil == 9) {
            w.i32s("tokenizer.ggml.tokens", std::vector<std::int32_t>{1});
        } else {
            w.texts("tokenizer.ggml.tokens", spoil == 0 ? Texts{} : Texts{"<0x-1>", "b", "c"});
        }
        if (spoil != 4) {
            w.f32s("tokenizer.ggml.scores", std::vector<float>(spoil == 1 ? 2 : 3));
        }
        w.i32s("tokenizer.ggml.token_type", std::vector<std::int32_t>(spoil == 2 ? 1 : 3, spoil == 3 ? 6 : 1));
        if (spoil == 6) {
            w.text("tokenizer.ggml.pre", "brand-new");
        }
        const QString sentence = refusal(w);
        QVERIFY2(sentence.contains(says), qPrintable(sentence));
    }

    void livesWithOddVocabularies() {
        Vocabulary v;
        v.model = "gpt2";
        v.add("");
        v.add("a");
        v.add("a");
        v.add("b", 99);
        v.add("ab");
        v.add(std::string(70000, 'x'));
        v.merges = {"a b", "a b", "nonsense", "q r", " ", "", "zz ab"};
        GgufWriter w = v.writer();
        w.u32("tokenizer.ggml.bos_token_id", 4711);
        w.i32("tokenizer.ggml.eos_token_id", -1);
        w.u32("tokenizer.ggml.unknown_token_id", 3);
        w.flag("tokenizer.ggml.add_bos_token", true);
        const Tokenizer tokenizer = tokenizerOf(w);
        QVERIFY(!tokenizer.bos() && !tokenizer.eos() && !tokenizer.addsBos());
        QCOMPARE(tokenizer.warnings().size(), 3u);
        QCOMPARE(names(tokenizer, tokenizer.encode("ab a")), (Texts{"ab", "b", "a"}));  // the blank is unknown
        QCOMPARE(tokenizer.find("a").value(), 1);
        QVERIFY_EXCEPTION_THROWN(tokenizer.decode(std::vector<TokenId>{6}), Error);
        QVERIFY_EXCEPTION_THROWN(tokenizer.decode(std::vector<TokenId>{-1}), Error);
    }

    void nanScoresHaveAnOrder() {
        Vocabulary v;
        for (const char* token : {"<unk>", "<s>", "</s>", "a", "\u2581"}) {
            v.add(token, v.tokens.size() < 3 ? 3 : 1);
        }
        v.add("aa", 1, std::numeric_limits<float>::quiet_NaN());
        v.add("\u2581a", 1, std::numeric_limits<float>::infinity());
        const Tokenizer tokenizer = tokenizerOf(v.writer());
        QCOMPARE(names(tokenizer, tokenizer.encode("aaaa", {.addSpecial = false})), (Texts{"\u2581a", "aa", "a"}));
    }

    void knowsWhatEndsAnAnswer() {
        Vocabulary v;
        v.model = "gpt2";
        for (const char* token : {"x", "<|eot_id|>", "<|end|>", "<|return|>", "<|call|>", "y"}) {
            v.add(token);  // called normal by the file, yet control tokens
        }
        GgufWriter w = v.writer();
        w.u32("tokenizer.ggml.eos_token_id", 5);
        w.u32("tokenizer.ggml.eot_token_id", 0);
        const Tokenizer tokenizer = tokenizerOf(w);
        QVERIFY(std::ranges::equal(tokenizer.endOfGeneration(), std::vector<TokenId>{0, 1, 3, 4, 5}));
        QVERIFY(tokenizer.isControl(1) && !tokenizer.isControl(0));
    }
};

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tst_tokenizer.moc"
