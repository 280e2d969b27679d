// Answers of every family of models, cut at every place and into single bytes: the same thinking, text and calls come
// out.
#include "inference/answer/canonical_answer.h"
#include "inference/answer/tool_calls.h"

#include <QElapsedTimer>
#include <QTest>

using namespace lares::inference;

namespace {

using Kind = AnswerPiece::Kind;
using Pieces = std::vector<AnswerPiece>;

struct Sample {
    const char* name;
    std::string chatTemplate;  ///< what tells the family
    std::string promptEnding;
    std::string answer;
    Pieces pieces;  ///< neighbours of one kind joined
};

const Sample kSamples[] = {
    {"think",
     "<think>",
     "assistant\n",
     "<think>\nhm\n</think>\n\nHello",
     {{Kind::thinking, "\nhm\n"}, {Kind::text, "\n\nHello"}}},
    {"opened by the prompt",
     "</think>",
     "<|Assistant|><think>\n",
     "hm</think>Yes",
     {{Kind::thinking, "hm"}, {Kind::text, "Yes"}}},
    {"closed by the prompt", "<think>", "<think>\n\n</think>\n\n", "Yes </think>", {{Kind::text, "Yes </think>"}}},
    {"the tag as a topic", "<think>", "", "Use <think> and </think>.", {{Kind::text, "Use <think> and </think>."}}},
    {"cut off while thinking", "<think>", "", "<think>one two </thi", {{Kind::thinking, "one two </thi"}}},
    {"call after a thought",
     "<tool_call>",
     "",
     "<think>a</think>\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>",
     {{Kind::thinking, "a"}, {Kind::text, "\n"}, {Kind::toolCall, R"({"name":"f","arguments":{"x":1}})"}}},
    {"two calls",
     "<tool_call>",
     "",
     "<tool_call>{\"name\":\"f\"}</tool_call><tool_call>{\"name\":\"g\"}</tool_call>!",
     {{Kind::toolCall, R"({"name":"f","arguments":{}})"},
      {Kind::toolCall, R"({"name":"g","arguments":{}})"},
      {Kind::text, "!"}}},
    {"malformed call",
     "<tool_call>",
     "",
     "a <tool_call>{\"name\": }</tool_call> b",
     {{Kind::text, "a <tool_call>{\"name\": }</tool_call> b"}}},
    {"call without an end",
     "<tool_call>",
     "",
     "<tool_call>{\"name\":\"f\"",
     {{Kind::text, "<tool_call>{\"name\":\"f\""}}},
    {"granite",
     "<|tool_call|>",
     "",
     "<|tool_call|>[{\"name\":\"f\",\"arguments\":{}}]",
     {{Kind::toolCall, R"({"name":"f","arguments":{}})"}}},
    {"no marker at all", "<think>", "", "1 < 2 <t <th <thi", {{Kind::text, "1 < 2 <t <th <thi"}}},
    {"plain", "{{ messages }}", "", "<think>x</think>", {{Kind::text, "<think>x</think>"}}},
    {"harmony",
     "<|channel|>",
     "<|start|>assistant",
     "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hi",
     {{Kind::thinking, "hm"}, {Kind::text, "Hi"}}},
    {"harmony call",
     "<|channel|>",
     "<|start|>assistant",
     "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.f "
     "json<|message|>{\"x\":1}",
     {{Kind::thinking, "hm"}, {Kind::toolCall, R"({"name":"f","arguments":{"x":1}})"}}},
    {"harmony preamble",
     "<|channel|>",
     "<|start|>assistant",
     "<|channel|>commentary<|message|>Look:<|end|><|start|>assistant to=functions.f<|channel|>commentary<|message|>no",
     {{Kind::text, "Look:no"}}},
    {"harmony not kept to", "<|channel|>", "<|start|>assistant", "Just text", {{Kind::text, "Just text"}}},
    {"mistral",
     "[TOOL_CALLS]",
     "",
     "[THINK]a[/THINK]b[TOOL_CALLS]f[ARGS]{\"x\":1}[TOOL_CALLS]g[CALL_ID]i7[ARGS]{}",
     {{Kind::thinking, "a"},
      {Kind::text, "b"},
      {Kind::toolCall, R"({"name":"f","arguments":{"x":1}})"},
      {Kind::toolCall, R"({"name":"g","arguments":{}})"}}},
    {"mistral, older",
     "[TOOL_CALLS]",
     "",
     "[TOOL_CALLS] [{\"name\":\"f\",\"arguments\":{}},{\"name\":\"g\",\"arguments\":\"{\\\"y\\\":2}\"}]",
     {{Kind::toolCall, R"({"name":"f","arguments":{}})"}, {Kind::toolCall, R"({"name":"g","arguments":{"y":2}})"}}},
    {"cohere",
     "<|START_ACTION|>",
     "",
     "<|START_THINKING|>t<|END_THINKING|><|START_RESPONSE|>r<|END_RESPONSE|>",
     {{Kind::thinking, "t"}, {Kind::text, "r"}}},
    {"cohere call",
     "<|START_ACTION|>",
     "<|START_THINKING|>",
     "t<|END_THINKING|><|START_ACTION|>[{\"tool_call_id\":\"0\",\"tool_name\":\"f\",\"parameters\":{\"a\":[]}}]<|END_"
     "ACTION|>",
     {{Kind::thinking, "t"}, {Kind::toolCall, R"({"name":"f","arguments":{"a":[]}})"}}},
    {"llama, bare",
     "<|python_tag|>",
     "",
     "{\"name\": \"f\", \"parameters\": {}}",
     {{Kind::toolCall, R"({"name":"f","arguments":{}})"}}},
    {"llama, bare but none",
     "<|python_tag|>",
     "",
     " {\"name\": \"Ann\"} is JSON",
     {{Kind::text, " {\"name\": \"Ann\"} is JSON"}}},
    {"llama, other JSON", "<|python_tag|>", "", "{\"a\": 1}", {{Kind::text, "{\"a\": 1}"}}},
    {"llama, tagged",
     "<|python_tag|>",
     "",
     "<|python_tag|>{\"name\":\"f\",\"parameters\":{}}",
     {{Kind::toolCall, R"({"name":"f","arguments":{}})"}}},
    {"llama, code", "<|python_tag|>", "", "<|python_tag|>print(1)", {{Kind::text, "<|python_tag|>print(1)"}}},
};

void join(Pieces& all, const Pieces& more) {
    for (const AnswerPiece& piece : more) {
        if (!all.empty() && all.back().kind == piece.kind && piece.kind != Kind::toolCall) {
            all.back().text += piece.text;
        } else {
            all.push_back(piece);
        }
    }
}

Pieces parsed(const Sample& sample, const std::vector<std::string>& parts) {
    AnswerParser parser(answerFormatOf(sample.chatTemplate), sample.promptEnding);
    Pieces all;
    for (const std::string& part : parts) {
        join(all, parser.push(part));
    }
    join(all, parser.finish());
    return all;
}

QByteArray shown(const Pieces& pieces) {
    QByteArray out;
    for (const AnswerPiece& piece : pieces) {
        out += QByteArray::number(static_cast<int>(piece.kind)) + ":" + QByteArray::fromStdString(piece.text) + "|";
    }
    return out;
}

}  // namespace

class AnswerParserTest : public QObject {
    Q_OBJECT

 private slots:
    void everyCut_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(std::size(kSamples)); ++i) {
            QTest::newRow(kSamples[i].name) << i;
        }
    }
    void everyCut() {
        QFETCH(int, index);
        const Sample& sample = kSamples[index];
        const QByteArray should = shown(sample.pieces);
        QCOMPARE(shown(parsed(sample, {sample.answer})), should);
        std::vector<std::string> bytes;
        for (std::size_t cut = 0; cut < sample.answer.size(); ++cut) {
            const Pieces pieces = parsed(sample, {sample.answer.substr(0, cut), sample.answer.substr(cut)});
            QVERIFY2(shown(pieces) == should, QByteArray::number(static_cast<int>(cut)) + ": " + shown(pieces));
            bytes.emplace_back(1, sample.answer[cut]);
        }
        QCOMPARE(shown(parsed(sample, bytes)), should);
    }

    void nothingIsHeldBackWithoutNeed() {
        AnswerParser parser(answerFormatOf("<think>"));
        QCOMPARE(shown(parser.push("Hello <")), QByteArray("0:Hello |"));
        QCOMPARE(shown(parser.push("b")), QByteArray("0:<b|"));
        AnswerParser thinking(answerFormatOf("<think>"), "<think>");
        QCOMPARE(shown(thinking.push("one </")), QByteArray("1:one |"));
    }

    void everyFormatNamesItsMarkers() {
        for (const AnswerFormat& format : answerFormats()) {
            for (const std::string_view says : format.templateSays) {
                QVERIFY2(&answerFormatOf(says) == &format, format.name.data());
            }
            for (const AnswerMarker& marker : format.markers) {
                QVERIFY(!marker.text.empty() && format.needs(marker.text));
            }
        }
        QVERIFY(!answerFormatOf("").needs("<think>"));
    }

    void longAnswersTakeLinearTimeAndBoundedMemory() {
        QElapsedTimer timer;
        timer.start();
        for (const char* opener : {"", "<think>", "<tool_call>", "<tool_call>{\"a\":"}) {
            AnswerParser parser(answerFormatOf("<think>"));
            std::size_t bytes = 0;
            for (const AnswerPiece& piece : parser.push(opener)) bytes += piece.text.size();
            for (int i = 0; i < 200000; ++i) {
                for (const AnswerPiece& piece : parser.push("<tool ")) bytes += piece.text.size();
            }
            for (const AnswerPiece& piece : parser.finish()) bytes += piece.text.size();
            QVERIFY(bytes >= 1200000);
        }
        QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(parseToolCalls(std::string(200000, '[')).empty());
    }

    void oneTextForStoreAndView() {
        const auto canonical = [](const Pieces& pieces) {
            CanonicalAnswer answer;
            std::string out;
            for (const AnswerPiece& piece : pieces) out += answer.push(piece).text;
            return out;
        };
        QCOMPARE(
            canonical({{Kind::thinking, "\na"}, {Kind::thinking, "b\n"}, {Kind::text, "\n\nHi"}, {Kind::text, "!"}}),
            std::string("<think>\nab\n</think>\n\nHi!"));
        QCOMPARE(canonical({{Kind::thinking, "a"}, {Kind::text, "Hi"}}), std::string("<think>a</think>\n\nHi"));
        QCOMPARE(canonical({{Kind::thinking, "a"}}), std::string("<think>a"));
        QCOMPARE(canonical({{Kind::text, "Hi"}}), std::string("Hi"));
        QCOMPARE(withoutThinking("<think>a</think>\n\nHi"), std::string("Hi"));
        QCOMPARE(withoutThinking("<think>a"), std::string());
        QCOMPARE(withoutThinking("Hi <think>"), std::string("Hi <think>"));
    }
};

QTEST_GUILESS_MAIN(AnswerParserTest)
#include "tst_answer_parser.moc"
