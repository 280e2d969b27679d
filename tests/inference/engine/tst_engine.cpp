// The engine over tiny models with random weights: how an answer begins, ends, is stopped, and what is kept between
// turns. The answers are nonsense, but the same nonsense every time. Validation is on: any message is an Error.
#include "tests/inference/engine/ask.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/tiny_model.h"

#include <QStringDecoder>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstring>
#include <fstream>

using namespace lares;
using namespace lares::inference;
using tests::Answer;
using tests::ask;
using tests::checkedEngine;
using tests::greedy;

namespace {

bool isUtf8(const std::string& text) {
    QStringDecoder decoder(QStringDecoder::Utf8);
    [[maybe_unused]] const QString decoded = decoder(QByteArray::fromStdString(text));
    return !decoder.hasError();
}

/// The greedy answers of a random model soon repeat themselves; drawn ones, from a fixed seed, do not.
GenerateRequest drawn(GenerateRequest request) {
    request.sampling.temperature = 1.5f;
    request.sampling.topK = 0;
    request.sampling.topP = 1;
    request.sampling.minP = 0;
    request.sampling.seed = 11;
    return request;
}

GenerateRequest chat(std::vector<ChatMessage> messages, std::int32_t maxTokens) {
    GenerateRequest request = greedy({}, maxTokens);
    request.raw = false;
    request.messages = std::move(messages);
    return request;
}

}  // namespace

class TestEngine : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        test::writeTinyLlama(m_path, {.type = 8});
        m_engine = checkedEngine();
    }
    void init() {
        if (!m_engine->loaded()) QVERIFY(m_engine->load({m_path, 0}, {}, {}).has_value());
    }
    void cleanupTestCase() { m_engine.reset(); }

    void reportsDevices();
    void answers();
    void sameSeedSameAnswer();
    void stopsAtAStopString();
    void stopsAtEndOfText();
    void endsWithTheContext();
    void refusesWhatIsImpossible();
    void cancelsInPrefill();
    void cancelsInDecode();
    void reusesThePrefixOfTheTurnBefore();
    void startsAnewWhereAWindowHasForgotten();
    void embeds();
    void embedsOrWrites();
    void needsAModel();
    void refusesOtherDevices_data();
    void refusesOtherDevices();

 private:
    QTemporaryDir m_folder;
    const std::filesystem::path m_path = m_folder.filePath("model.gguf").toStdString();
    std::unique_ptr<Engine> m_engine;
};

void TestEngine::reportsDevices() {
    const auto devices = m_engine->devices();
    QVERIFY(!devices.empty());
    QCOMPARE(std::count_if(devices.begin(), devices.end(), [](const auto& d) { return d.chosen; }), 1);
    for (const DeviceReport& device : devices) {
        QVERIFY(device.id.starts_with("vulkan:") || (device.id == "cpu" && &device == &devices.back()));
        QVERIFY(!device.name.empty() && !device.verdict.empty() && device.memoryTotalBytes > 0);
    }
}

void TestEngine::answers() {
    const Answer answer = ask(*m_engine, greedy("the man and the woman", 12));
    const GenerateStats& stats = answer.finish.stats;
    QVERIFY(answer.finish.reason == FinishReason::maxTokens);
    QCOMPARE(answer.finish.tokens.size(), std::size_t{12});
    QCOMPARE(stats.generatedTokens, 12u);
    QVERIFY(stats.promptTokens > 1 && stats.promptSeconds > 0 && stats.timeToFirstTokenSeconds >= stats.promptSeconds);
    QCOMPARE(stats.contextLength, 512u);
    QCOMPARE(stats.templateSource, std::string("raw"));
    QVERIFY(!stats.device.empty());
    QCOMPARE(answer.progress.back().tokensDone, stats.promptTokens);
    QCOMPARE(answer.progress.back().tokensTotal, stats.promptTokens);
    for (const std::string& piece : answer.pieces) QVERIFY(!piece.empty() && isUtf8(piece));

    QCOMPARE(ask(*m_engine, chat({{Role::user, "hello"}}, 1)).finish.stats.templateSource, std::string("plain"));
    QVERIFY(m_engine->countTokens({{Role::user, "hello"}}) > 1);
    QVERIFY(ask(*m_engine, greedy("the", 0)).finish.tokens.empty());
}

void TestEngine::sameSeedSameAnswer() {
    GenerateRequest request = drawn(greedy("the", 30));
    request.sampling.seed.reset();
    const Answer first = ask(*m_engine, request);
    request.sampling.seed = first.finish.stats.seed;
    QCOMPARE(ask(*m_engine, request).finish.tokens, first.finish.tokens);
    request.sampling.seed = first.finish.stats.seed + 1;
    QVERIFY(ask(*m_engine, request).finish.tokens != first.finish.tokens);
}

void TestEngine::stopsAtAStopString() {
    const Answer whole = ask(*m_engine, drawn(greedy("the", 40)));
    std::size_t at = 8;  // three bytes of ASCII from the middle of the text that it has nowhere before
    const auto fits = [&] {
        const std::string part = whole.text.substr(at, 3);
        return whole.text.find(part) == at && std::ranges::all_of(part, [](char c) { return c >= ' ' && c <= '~'; });
    };
    while (at + 3 < whole.text.size() && !fits()) ++at;
    QVERIFY(fits());
    const std::string stop = whole.text.substr(at, 3);
    GenerateRequest request = drawn(greedy("the", 40));
    request.stopStrings = {"never in the text", stop};
    const Answer stopped = ask(*m_engine, request);
    QVERIFY(stopped.finish.reason == FinishReason::stopString);
    QCOMPARE(stopped.text, whole.text.substr(0, at));
    QVERIFY(stopped.finish.tokens.size() < whole.finish.tokens.size());
}

void TestEngine::stopsAtEndOfText() {
    // The same model, but the last token of its answer now is the end of text. Both begin with an empty cache: how many
    // tokens came at once when a text was read shows in its numbers.
    QVERIFY(m_engine->load({m_path, 0}, {}, {}).has_value());
    auto tokens = ask(*m_engine, drawn(greedy("the", 20))).finish.tokens;
    const TokenId last = tokens.back();
    tokens.erase(std::find(tokens.begin(), tokens.end(), last), tokens.end());
    QVERIFY(tokens.size() > 2);
    std::string bytes = test::tinyLlama({.type = 8}).bytes();
    const std::string key = "tokenizer.ggml.eos_token_id";
    const auto end = static_cast<std::uint32_t>(last);
    std::memcpy(bytes.data() + bytes.find(key) + key.size() + 4, &end, sizeof end);
    const auto path = m_folder.filePath("ends.gguf").toStdString();
    std::ofstream(path, std::ios::binary) << bytes;

    const auto engine = checkedEngine();
    QVERIFY(engine->load({path, 0}, {}, {}).has_value());
    const Answer answer = ask(*engine, drawn(greedy("the", 40)));
    QVERIFY(answer.finish.reason == FinishReason::endOfText);
    QCOMPARE(answer.finish.tokens, tokens);
}

void TestEngine::endsWithTheContext() {
    QVERIFY(m_engine->load({m_path, 32}, {}, {}).has_value());
    QCOMPARE(m_engine->contextLength(), 32u);
    const Answer answer = ask(*m_engine, greedy("the man", -1));
    QVERIFY(answer.finish.reason == FinishReason::contextFull);
    // The last token was computed from a full cache and needs no place in it.
    QCOMPARE(answer.finish.stats.promptTokens + answer.finish.stats.generatedTokens, 33u);
    m_engine->unload();
}

void TestEngine::refusesWhatIsImpossible() {
    try {
        ask(*m_engine, greedy(std::string(2000, '!'), 1));
        QFAIL("a prompt longer than the context was taken");
    } catch (const Error& error) {
        QVERIFY(error.kind() == ErrorKind::badRequest);
        QVERIFY2(QString(error.what()).contains("512"), error.what());
    }
    GenerateRequest request = greedy("the", 1);
    request.sampling.topP = -1;
    QVERIFY_EXCEPTION_THROWN(ask(*m_engine, request), Error);
    QCOMPARE(ask(*m_engine, greedy("the", 2)).finish.tokens.size(), std::size_t{2});  // and it goes on
}

void TestEngine::cancelsInPrefill() {
    std::stop_source stop;
    std::vector<std::uint32_t> done;
    EventSink sink;
    sink.onPrompt = [&](const PromptProgress& progress) {
        done.push_back(progress.tokensDone);
        stop.request_stop();
    };
    const Finish finish = m_engine->generate(greedy(std::string(300, '!'), 5), sink, stop.get_token());
    QVERIFY(finish.reason == FinishReason::cancelled);
    QCOMPARE(done.size(), std::size_t{1});  // nothing after the chunk under way
    QVERIFY(done.front() < 300u);
    QVERIFY(finish.tokens.empty());
}

void TestEngine::cancelsInDecode() {
    std::stop_source stop;
    std::size_t piecesAtStop = 0;
    const Answer answer = ask(*m_engine, greedy("the", 200), stop.get_token(), [&](const Answer& soFar) {
        if (soFar.pieces.size() == 3) {
            stop.request_stop();
            piecesAtStop = soFar.pieces.size();
        }
    });
    QVERIFY(answer.finish.reason == FinishReason::cancelled);
    // One more piece at most: an unfinished character that was held back.
    QVERIFY(answer.pieces.size() <= piecesAtStop + 1);

    std::stop_source before;
    before.request_stop();
    QVERIFY(ask(*m_engine, greedy("an other", 5), before.get_token()).finish.tokens.empty());
}

void TestEngine::reusesThePrefixOfTheTurnBefore() {
    std::vector<ChatMessage> messages{{Role::user, "tell me of the hand and the sand"}};
    const Answer first = ask(*m_engine, drawn(chat(messages, 20)));
    messages.push_back({Role::assistant, first.text});
    messages.push_back({Role::user, "and the other one"});
    const Answer second = ask(*m_engine, drawn(chat(messages, 20)));
    QVERIFY(second.finish.stats.reusedTokens > 10);
    QVERIFY(second.finish.stats.reusedTokens < second.finish.stats.promptTokens);

    const auto fresh = checkedEngine();
    QVERIFY(fresh->load({m_path, 0}, {}, {}).has_value());
    const Answer again = ask(*fresh, drawn(chat(messages, 20)));
    QCOMPARE(again.finish.stats.reusedTokens, 0u);
    QCOMPARE(again.finish.stats.promptTokens, second.finish.stats.promptTokens);
    QCOMPARE(again.finish.tokens, second.finish.tokens);
}

/// Layers with a window keep the latest positions alone. The next turn of a chat goes on from there; another chat with
/// the same beginning has to be computed from its first token. Either way the answer is that of an engine that had
/// nothing to keep.
void TestEngine::startsAnewWhereAWindowHasForgotten() {
    const std::filesystem::path path = m_folder.filePath("windows.gguf").toStdString();
    test::writeTinyModel(path, {.architecture = "gemma3",
                                .layers = 7,
                                .contextLength = 512,
                                .vocabulary = 384,
                                .keys = {{"attention.sliding_window", 9u}}});
    const auto engine = checkedEngine();
    QVERIFY(engine->load({path, 0}, {}, {}).has_value());
    const auto sameAsAnew = [&](const std::vector<ChatMessage>& messages) {
        const Answer answer = ask(*engine, drawn(chat(messages, 8)));
        const auto fresh = checkedEngine();
        if (!fresh->load({path, 0}, {}, {})) throw std::runtime_error("the model was not loaded");
        const Answer anew = ask(*fresh, drawn(chat(messages, 8)));
        return std::pair(answer.finish.tokens == anew.finish.tokens, answer.finish.stats.reusedTokens);
    };
    const std::string beginning = "the hand and the sand and the other hand, ";
    const std::string longText = beginning + std::string(100, 'a');
    QCOMPARE(sameAsAnew({{Role::user, longText}}), std::pair(true, 0u));
    const auto next = sameAsAnew({{Role::user, longText}, {Role::assistant, "a"}, {Role::user, "on"}});
    QVERIFY(next.first);
    QVERIFY2(next.second > 100, qPrintable(QString::number(next.second)));
    QCOMPARE(sameAsAnew({{Role::user, beginning + "no"}}), std::pair(true, 0u));
}

namespace {

double scalarProduct(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b.at(i));
    return sum;
}

}  // namespace

/// The same text gives the same vector whatever was asked before; other texts, or the same words in another order, give
/// others.
void TestEngine::embeds() {
    const std::filesystem::path path = m_folder.filePath("embeds.gguf").toStdString();
    test::writeTinyModel(path, {.architecture = "bert", .headsKv = 4, .keys = {{"pooling_type", 1u}}});
    const auto engine = checkedEngine();
    QVERIFY(engine->inspect(path).embeds);
    const auto info = engine->load({path, 0}, {}, {});
    QVERIFY(info && info->embeds);
    const auto first = engine->embed("the hand and the sand");
    QCOMPARE(first.size(), std::size_t{64});
    QVERIFY(std::abs(scalarProduct(first, first) - 1) < 1e-5);
    const auto longest = engine->embed(std::string(engine->contextLength(), '!'));
    QVERIFY(std::abs(scalarProduct(longest, longest) - 1) < 1e-5);
    QVERIFY(engine->embed("the hand and the sand") == first);
    QVERIFY(scalarProduct(engine->embed("the sand and the hand"), first) < 0.9999);
    try {
        engine->embed(std::string(engine->contextLength() + 1, '!'));
        QFAIL("a text longer than the context was taken");
    } catch (const Error& error) {
        QVERIFY(error.kind() == ErrorKind::badRequest);
        QVERIFY2(QString(error.what()).contains("129") && QString(error.what()).contains("128"), error.what());
    }
    QVERIFY_EXCEPTION_THROWN(engine->embed(""), Error);
    QVERIFY(engine->embed("the hand and the sand") == first);  // and it goes on
}

void TestEngine::embedsOrWrites() {
    const auto sentence = [](const auto& call) {
        try {
            call();
        } catch (const Error& error) {
            return error.kind() == ErrorKind::badRequest ? QString(error.what()) : QString("another kind");
        }
        return QString("it was done");
    };
    const QString writes = sentence([&] { m_engine->embed("the"); });
    QVERIFY2(writes.contains("makes no embeddings"), qPrintable(writes));
    const std::filesystem::path path = m_folder.filePath("last.gguf").toStdString();
    test::writeTinyModel(path, {.architecture = "qwen3", .headSize = 32, .keys = {{"pooling_type", 3u}}});
    const auto engine = checkedEngine();
    QVERIFY(engine->load({path, 0}, {}, {})->embeds);
    QCOMPARE(engine->embed(std::string(100, '!')).size(), std::size_t{64});  // several chunks
    const QString embeds = sentence([&] { ask(*engine, greedy("the", 1)); });
    QVERIFY2(embeds.contains("embedding model"), qPrintable(embeds));
}

void TestEngine::needsAModel() {
    const auto engine = checkedEngine();
    QVERIFY(!engine->loaded().has_value());
    QCOMPARE(engine->contextLength(), 0u);
    try {
        ask(*engine, greedy("the", 1));
        QFAIL("it answered without a model");
    } catch (const Error& error) {
        QVERIFY(error.kind() == ErrorKind::badRequest);
    }
    QVERIFY_EXCEPTION_THROWN(engine->countTokens({{Role::user, "hello"}}), Error);
    QVERIFY_EXCEPTION_THROWN(engine->embed("hello"), Error);
}

void TestEngine::refusesOtherDevices_data() {
    QTest::addColumn<QString>("device");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("named");
    QTest::newRow("missing") << "vulkan:99" << ErrorKind::noDevice << "vulkan:99";
    QTest::newRow("nonsense") << "gpu" << ErrorKind::badRequest << "\"gpu\"";
    QTest::newRow("no number") << "vulkan:" << ErrorKind::badRequest << "\"vulkan:\"";
    QTest::newRow("half a number") << "vulkan:0x" << ErrorKind::badRequest << "\"vulkan:0x\"";
}

void TestEngine::refusesOtherDevices() {
    QFETCH(QString, device);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, named);
    EngineOptions options;
    options.device = device.toStdString();
    const auto engine = checkedEngine(options);
    QVERIFY(!engine->devices().empty());  // listing needs no device of that name
    try {
        engine->load({m_path, 0}, {}, {});
        QFAIL("it was taken");
    } catch (const Error& error) {
        QVERIFY2(error.kind() == kind, error.what());
        QVERIFY2(QString(error.what()).contains(named), error.what());
    }
}

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
