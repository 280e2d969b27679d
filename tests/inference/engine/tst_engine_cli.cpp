// lares-engine's verbs that compute, as a script sees them: JSON on standard output, sentences on standard error, exit
// codes 0, 1 and 2.
#include "tests/support/gguf_writer.h"
#include "tests/support/tiny_adapter.h"
#include "tests/support/tiny_model.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <csignal>
#include <cstring>

using namespace lares;

namespace {

struct Outcome {
    int code = -1;
    QByteArray out, error;

    QJsonObject json() const { return QJsonDocument::fromJson(out.trimmed().split('\n').last()).object(); }
};

Outcome engine(const QStringList& arguments, const QByteArray& input = {}) {
    QProcess process;
    process.start(LARES_ENGINE_PROGRAM, arguments);
    process.write(input);
    process.closeWriteChannel();
    const bool ended = process.waitForFinished(60000) && process.exitStatus() == QProcess::NormalExit;
    return {ended ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

std::vector<float> floats(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray bytes = file.readAll();
    std::vector<float> numbers(static_cast<std::size_t>(bytes.size()) / sizeof(float));
    std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(float));
    return numbers;
}

}  // namespace

class TestEngineCli : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        qputenv("ASAN_OPTIONS", "detect_leaks=0");  // drivers leak when a program ends, and nobody can tell whose it is
        test::writeTinyLlama(m_model.toStdString(), {.type = 8});
        test::writeTinyAdapter(m_adapter.toStdString(), m_model.toStdString());
        test::writeTinyModel(m_embedder.toStdString(),
                             {.architecture = "bert", .headsKv = 4, .keys = {{"pooling_type", 1u}}});
    }

    void devices() {
        const Outcome outcome = engine({"devices"});
        QCOMPARE(outcome.code, 0);
        const QJsonArray list = outcome.json()["devices"].toArray();
        QVERIFY(list.size() >= 2);
        const QJsonObject processor = list.last().toObject();
        QCOMPARE(processor["id"].toString(), "cpu");
        QVERIFY(processor["usable"].toBool());
        QVERIFY(processor["memory_free_bytes"].toDouble() > 0);
        const auto isChosen = [](const QJsonValue& device) { return device.toObject()["chosen"].toBool(); };
        QCOMPARE(std::ranges::count_if(list, isChosen), 1);
        for (const QJsonValue& device : list) {  // software Vulkan is not taken by itself
            QVERIFY(device.toObject()["kind"].toString() != "software" || !isChosen(device));
        }
        for (const QJsonValue& device : list) QVERIFY(!device.toObject()["verdict"].toString().isEmpty());
    }

    void logitsInTheOrderAskedFor() {
        const QString out = m_folder.filePath("logits"), other = m_folder.filePath("other");
        const Outcome outcome =
            engine({"logits", m_model, "--tokens", "1,40,50,60", "--positions", "3,0", "--out", out, "--exact"});
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        QCOMPARE(outcome.json()["vocab"].toInt(), 384);
        QCOMPARE(outcome.json()["positions"].toArray(), (QJsonArray{3, 0}));
        const std::vector<float> numbers = floats(out);
        QCOMPARE(numbers.size(), std::size_t{2 * 384});
        // Position 0 knows nothing of what follows; position 3 does.
        QCOMPARE(engine({"logits", m_model, "--tokens", "1,41", "--positions", "0", "--out", other, "--exact"}).code,
                 0);
        const std::vector<float> first = floats(other);
        QCOMPARE(first.size(), std::size_t{384});
        double difference = 0;
        for (std::size_t i = 0; i < 384; ++i) {
            difference = std::max(difference, static_cast<double>(std::abs(first[i] - numbers[384 + i])));
        }
        QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
        QVERIFY(!std::equal(first.begin(), first.end(), numbers.begin()));
    }

    void generate() {
        const QStringList arguments{"generate", m_model,  "--prompt", "the man",       "--raw", "-n",
                                    "8",        "--seed", "5",        "--temperature", "1.5",   "--stats"};
        const Outcome outcome = engine(arguments);
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        const QJsonObject stats = outcome.json();
        QCOMPARE(stats["finish"].toString(), "max_tokens");
        QCOMPARE(stats["generated_tokens"].toInt(), 8);
        QCOMPARE(stats["tokens"].toArray().size(), 8);
        QCOMPARE(stats["seed"].toInt(), 5);
        QCOMPARE(stats["template"].toString(), "raw");
        QCOMPARE(engine(arguments).json()["tokens"], stats["tokens"]);
        const QJsonObject plain = engine(arguments + QStringList{"--no-draft"}).json();
        QCOMPARE(plain["tokens"], stats["tokens"]);
        QCOMPARE(plain["drafted_tokens"].toInt(-1), 0);
        QVERIFY(stats["accepted_tokens"].toInt(-1) <= stats["drafted_tokens"].toInt(-1));
    }

    void interruptEndsItCleanly() {
        QProcess process;
        process.start(LARES_ENGINE_PROGRAM,
                      {"generate", m_model, "--prompt", "the man", "--raw", "--temperature", "2", "--stats"});
        QVERIFY(process.waitForReadyRead(30000));
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(3000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 0);
        const QByteArray last = process.readAllStandardOutput().trimmed().split('\n').last();
        QCOMPARE(QJsonDocument::fromJson(last).object()["finish"].toString(), "cancelled");
    }

    void bench() {
        const Outcome outcome = engine({"bench", m_model, "-p", "20", "-n", "5", "-d", "10", "-r", "2"});
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        const QJsonObject result = outcome.json();
        for (const char* key : {"pp_tokens_per_s", "tg_tokens_per_s", "bytes_per_token", "bandwidth_gb_per_s",
                                "read_gb_per_s", "bandwidth_share"}) {
            QVERIFY2(result[key].toDouble() > 0, key);
        }
        const QJsonObject vulkan =
            engine({"bench", m_model, "-p", "4", "-n", "2", "-r", "1", "--device", "vulkan"}).json();
        QVERIFY(vulkan["dispatches_per_token"].toInt() > vulkan["barriers_per_token"].toInt());
        QVERIFY(vulkan["barriers_per_token"].toInt() > 0 && vulkan["cpu_us_per_token"].toDouble() > 0);
        QCOMPARE(result["runs"]["tg"].toArray().size(), 2);
    }

    /// Of a model that would not fit into any memory here, and of which nothing but the head is there.
    void planAndInfoOfAHeadAlone() {
        const QString path = m_folder.filePath("head.gguf");
        test::writeTinyLlama(path.toStdString(), {.layers = 32,
                                                  .embedding = 4096,
                                                  .heads = 32,
                                                  .headsKv = 8,
                                                  .feedForward = 14336,
                                                  .contextLength = 32768,
                                                  .vocabulary = 32000,
                                                  .type = 12,
                                                  .experts = 8,
                                                  .headOnly = true});
        const Outcome card = engine({"plan", path, "--context", "8192", "--vram-bytes", "51539607552"});
        QVERIFY2(card.code == 0, card.error.constData());
        QCOMPARE(card.json()["device"], QJsonValue(QJsonValue::Null));
        QVERIFY(card.json()["fits"].toBool());
        QCOMPARE(card.json()["context_length"].toInt(), 8192);
        QCOMPARE(card.json()["layers_that_fit"].toInt(), 32);
        QCOMPARE(card.json()["layers"].toArray().size(), 32);
        QCOMPARE(card.json()["experts"].toObject()["count"].toInt(), 8);
        QVERIFY(card.json()["warnings"].toArray().first().toString().contains("not complete"));
        double sum = card.json()["other_weights_bytes"].toDouble() + card.json()["scratch_bytes"].toDouble();
        for (const QJsonValue& layer : card.json()["layers"].toArray()) {
            sum += layer.toObject()["weights_bytes"].toDouble() + layer.toObject()["cache_bytes"].toDouble();
        }
        QCOMPARE(card.json()["total_bytes"].toDouble(), sum);

        const Outcome small = engine({"plan", path, "--vram-bytes", "8000000000"});
        QCOMPARE(small.code, 0);
        QVERIFY(!small.json()["fits"].toBool());
        QVERIFY(small.json()["refusal"].toString().contains("a graphics card has"));
        QVERIFY(small.json()["layers_that_fit"].toInt() < 32);

        const Outcome here = engine({"plan", path});
        QVERIFY2(here.code == 0, here.error.constData());
        QVERIFY(!here.json()["device"].toString().isEmpty());
        const Outcome processor = engine({"plan", path, "--device", "cpu", "--vram-bytes", "64000000000"});
        QVERIFY2(processor.code == 0, processor.error.constData());
        QVERIFY(processor.json()["fits"].toBool());
        QVERIFY(!processor.json()["device"].toString().isEmpty());

        const Outcome info = engine({"info", path});
        QVERIFY2(info.code == 0, info.error.constData());
        QCOMPARE(info.json()["layers"].toInt(), 32);
        const Outcome load = engine({"generate", path, "--prompt", "a"});
        QCOMPARE(load.code, 1);
        QVERIFY2(load.error.contains("downloaded"), load.error.constData());
    }

    void renderWithTheModelsOwnTemplate() {
        const QString model = m_folder.filePath("chat.gguf");
        test::writeTinyLlama(
            model.toStdString(),
            {.type = 8, .chatTemplate = "{{ bos_token }}{{ messages[0].content }} {{ strftime_now('%Y') }}"});
        write("context.json", R"({"messages": [{"role": "user", "content": "Hi"}], "now": "2026-11-24T12:00:00"})");
        const Outcome outcome = engine({"render", model, "--context", m_folder.filePath("context.json")});
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        QCOMPARE(outcome.json()["text"].toString(), "<s>Hi 2026");
    }

    void renderSaysWhatTheTemplateRefuses() {
        write("refuses.jinja", "\n{{ raise_exception('no ' ~ messages[0].role) }}");
        write("context.json", R"({"messages": [{"role": "system", "content": "Hi"}]})");
        const Outcome outcome = engine({"render", "--template", m_folder.filePath("refuses.jinja"), "--context",
                                        m_folder.filePath("context.json")});
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.error.contains("no system"), outcome.error.constData());
        QCOMPARE(outcome.json()["error"].toObject(),
                 (QJsonObject{{"kind", "raised"}, {"message", "no system"}, {"line", 2}}));
    }

    void renderManyOneLineEach() {
        write("a.jinja", "{{ x }}");
        write("b.jinja", "{{ x");
        write("rows.jsonl", R"({"template": "a.jinja", "context": {"x": "\u00e9\n"}})"
                            "\n"
                            R"({"template": "b.jinja", "context": {"x": 1}})"
                            "\n"
                            R"({"template": "a.jinja", "context": {"x": 2}})"
                            "\n");
        const Outcome outcome =
            engine({"render", "--batch", m_folder.filePath("rows.jsonl"), "--dir", m_folder.path()});
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        const QList<QByteArray> lines = outcome.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(QJsonDocument::fromJson(lines[0]).object()["text"].toString(), QString::fromUtf8("\u00e9\n"));
        QCOMPARE(QJsonDocument::fromJson(lines[1]).object()["error"].toObject()["kind"].toString(), "syntax");
        QCOMPARE(QJsonDocument::fromJson(lines[2]).object()["text"].toString(), "2");
    }

    void lora_data() {
        QTest::addColumn<QStringList>("verb");
        QTest::newRow("generate") << QStringList{"generate", m_model,  "--prompt", "the man and the woman",
                                                 "--raw",    "-n",     "8",        "--temperature",
                                                 "0",        "--stats"};
        QTest::newRow("logits") << QStringList{"logits",  m_model,       "--tokens",
                                               "1,40,50", "--positions", "2",
                                               "--exact", "--out",       m_folder.filePath("lora.f32")};
    }
    /// Several files, with a scale each or without; two halves are a whole, and nothing is nothing.
    void lora() {
        QFETCH(QStringList, verb);
        const auto with = [&](const QStringList& options) {
            QFile::remove(m_folder.filePath("lora.f32"));
            const Outcome outcome = engine(verb + options);
            if (outcome.code != 0) qWarning() << outcome.error;
            return std::tuple(outcome.code, outcome.json().value("tokens"), floats(m_folder.filePath("lora.f32")));
        };
        const auto plain = with({}), one = with({"--lora", m_adapter});
        QCOMPARE(std::get<0>(plain), 0);
        QCOMPARE(std::get<0>(one), 0);
        QVERIFY(plain != one);
        QCOMPARE(with({"--lora", m_adapter + ":0"}), plain);
        QCOMPARE(with({"--lora=" + m_adapter + ":1.0"}), one);
        const auto twice = with({"--lora", m_adapter + ":2", "--lora", m_adapter + ":-1"});
        QCOMPARE(std::get<1>(twice), std::get<1>(one));
        const auto &sum = std::get<2>(twice), &whole = std::get<2>(one);
        QCOMPARE(sum.size(), whole.size());
        for (std::size_t i = 0; i < sum.size(); ++i) QVERIFY(std::abs(sum[i] - whole[i]) < 1e-3f);
    }

    void benchWithLora() {
        const auto bytes = [&](const QStringList& options) {
            const Outcome outcome = engine(QStringList{"bench", m_model, "-p", "4", "-n", "2", "-r", "1"} + options);
            if (outcome.code != 0) qWarning() << outcome.error;
            return outcome.json()["bytes_per_token"].toInt();
        };
        const int plain = bytes({});
        QVERIFY(plain > 0);
        QVERIFY(bytes({"--lora", m_adapter}) > plain);
    }

    /// The windows of 16 tokens counted by hand from what `logits` says of them.
    void perplexity() {
        const QString path = m_folder.filePath("text");
        const QByteArray text = "the man and the woman, hand in hand: on the sand, the sand!";
        write("text", text);
        const QJsonArray tokens = engine({"tokenize", m_model}, text).json()["tokens"].toArray();
        const int windows = static_cast<int>(tokens.size()) / 16;
        QVERIFY(windows >= 2 && tokens.size() % 16 != 0);
        double sum = 0;
        for (int window = 0; window < windows; ++window) {
            QStringList ids{"1"};  // every window begins as a text does
            for (int i = 1; i < 16; ++i) ids += QString::number(tokens[window * 16 + i].toInt());
            const QString out = m_folder.filePath("window");
            QCOMPARE(engine({"logits", m_model, "--tokens", ids.join(","), "--positions", "8,9,10,11,12,13,14", "--out",
                             out, "--exact"})
                         .code,
                     0);
            const std::vector<float> logits = floats(out);
            for (int i = 0; i < 7; ++i) {
                double total = 0;
                for (int id = 0; id < 384; ++id) {
                    total += std::exp(static_cast<double>(logits[static_cast<std::size_t>(i * 384 + id)]));
                }
                const int next = tokens[window * 16 + 9 + i].toInt();
                sum += std::log(total) - static_cast<double>(logits[static_cast<std::size_t>(i * 384 + next)]);
            }
        }
        const Outcome outcome = engine({"perplexity", m_model, path, "--context", "16", "--exact"});
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        QCOMPARE(outcome.json()["tokens"].toInt(), windows * 7);
        const double found = outcome.json()["perplexity"].toDouble(), expected = std::exp(sum / (windows * 7));
        QVERIFY2(std::abs(found - expected) < 1e-4 * expected, qPrintable(QString("%1 %2").arg(found).arg(expected)));

        // Shorter than the context: the whole text is one window.
        const int whole = static_cast<int>(tokens.size());
        QCOMPARE(engine({"perplexity", m_model, path}).json()["tokens"].toInt(), whole - 1 - whole / 2);
    }

    void embed() {
        const Outcome outcome = engine({"embed", m_embedder}, "the hand\nthe sand\r\nthe hand\n");
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        const QList<QByteArray> lines = outcome.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[0], lines[2]);
        QVERIFY(lines[0] != lines[1]);
        const QJsonArray numbers = QJsonDocument::fromJson(lines[0]).object()["embedding"].toArray();
        QCOMPARE(numbers.size(), 64);
        double squares = 0;
        for (const QJsonValue& number : numbers) squares += number.toDouble() * number.toDouble();
        QVERIFY(std::abs(squares - 1) < 1e-5);
        QCOMPARE(engine({"info", m_embedder}).json()["embeds"].toBool(), true);
        QCOMPARE(engine({"info", m_model}).json()["embeds"].toBool(), false);
    }

    void refusals_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("sentence");
        const auto row = [](const char* name, QStringList arguments, int code, const char* sentence) {
            QTest::newRow(name) << std::move(arguments) << code << QByteArray(sentence);
        };
        row("no such device", {"generate", m_model, "--prompt", "a", "--device", "gpu"}, 1, "is no device");
        row("no threads", {"bench", m_model, "--threads", "0"}, 2, "--threads must be");
        row("no prompt", {"generate", m_model}, 2, "--prompt is needed");
        row("no such file", {"bench", "/nowhere/model.gguf"}, 1, "model.gguf");
        row("no such token", {"logits", m_model, "--tokens", "1,384", "--positions", "0", "--out", "x"}, 1, "384");
        row("no such position", {"logits", m_model, "--tokens", "1", "--positions", "1", "--out", "x"}, 1,
            "Position 1");
        row("nowhere to write", {"logits", m_model, "--tokens", "1", "--positions", "0", "--out", "/nowhere/x"}, 1,
            "/nowhere/x");
        row("too long", {"bench", m_model, "-p", "4000"}, 1, "512");
        row("out of range", {"bench", m_model, "-r", "0"}, 2, "-r must be");
        row("negative memory", {"plan", m_model, "--vram-bytes", "-1"}, 2, "--vram-bytes must be");
        row("plan for no device", {"plan", m_model, "--device", "vulkan:99"}, 1, "vulkan:99");
        row("no adapter", {"generate", m_model, "--prompt", "a", "--lora", m_model}, 1, "is no adapter");
        row("no such adapter", {"bench", m_model, "--lora", "/nowhere/lora.gguf:x"}, 1, "lora.gguf:x");
        row("perplexity of nothing", {"perplexity", m_model, "/dev/null"}, 1, "too short");
        row("no such text", {"perplexity", m_model, "/nowhere/text"}, 1, "/nowhere/text");
        row("a writer embeds", {"embed", m_model}, 1, "makes no embeddings");
        row("an embedder writes", {"generate", m_embedder, "--prompt", "a"}, 1, "embedding model");
        row("logits of an embedder", {"logits", m_embedder, "--tokens", "1", "--positions", "0", "--out", "x"}, 1,
            "embedding model");
        row("sampling", {"generate", m_model, "--prompt", "a", "--top-p", "7"}, 1, "Top-p");
        row("render without a context", {"render", m_model}, 2, "--context is missing");
        row("render without a template", {"render", m_model, "--context", "/nowhere/c.json"}, 1, "/nowhere/c.json");
    }
    void refusals() {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, sentence);
        const Outcome outcome = engine(arguments, "the hand\n");
        QCOMPARE(outcome.code, code);
        QVERIFY2(outcome.error.contains(sentence), outcome.error.constData());
        QVERIFY(outcome.out.isEmpty());
    }

 private:
    void write(const QString& name, const QByteArray& bytes) const {
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    QTemporaryDir m_folder;
    const QString m_model = m_folder.filePath("model.gguf"), m_adapter = m_folder.filePath("lora.gguf"),
                  m_embedder = m_folder.filePath("embedder.gguf");
};

QTEST_GUILESS_MAIN(TestEngineCli)
#include "tst_engine_cli.moc"
