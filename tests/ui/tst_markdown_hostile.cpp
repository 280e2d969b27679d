// Text that nobody wrote in good faith: every cut of a stream, injected markup, and input made to be slow.
#include "tests/support/cpu_timer.h"
#include "tests/ui/markdown_printing.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

using namespace lares::ui;

namespace {

QByteArray sharedFile(const QString& name) {
    QFile file(QStringLiteral(LARES_SHARED_DIR "/data/markdown/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool hasShared() {
    return *LARES_SHARED_DIR != '\0';
}

struct Sample {
    QString name, text;
};

QVector<Sample> jsonSamples(const QString& file) {
    QVector<Sample> samples;
    const QJsonArray all = QJsonDocument::fromJson(sharedFile(file)).array();
    for (qsizetype i = 0; i < all.size(); ++i) {
        const QJsonObject sample = all[i].toObject();
        const QString name = sample[u"name"].toString(QString::number(i));
        samples += {file + u'/' + name, sample[u"markdown"].toString()};
    }
    return samples;
}

QVector<Sample> answerSamples() {
    QVector<Sample> samples;
    for (const QByteArray& line : sharedFile(QStringLiteral("llm-answers-mtbench-gpt4.jsonl")).split('\n')) {
        for (const QJsonValue turn : QJsonDocument::fromJson(line).object()[u"turns"].toArray()) {
            samples += {QStringLiteral("answer/%1").arg(samples.size()), turn.toObject()[u"assistant"].toString()};
        }
    }
    samples += {QStringLiteral("ocr"), QString::fromUtf8(sharedFile(QStringLiteral("llm-ocr-deepseek-title.md")))};
    return samples;
}

QVector<Sample> ownSamples() {
    return {
        {"everything",
         QString::fromUtf8(
             "<think>\nhm *a*\n</think>\n# T\n\nHello **b** `c` [l](https://a.example/ä) 😀\n\n"
             "- a\n  1. b\n     ```py\n     x\n     ```\n\n| a | b |\n|--|:-:|\n| 1 | $x_1$ |\n\n> q\n> > r\n\n"
             "$$\ny\n$$\n\n---\n[1]: note\n&amp;&#65;\n")},
        {"html",
         "Hi <script>alert(1)</script> <img src=\"http://127.0.0.1:9/x.gif\" onerror=x> <a href='javascript:x'>y</a>"},
        {"schemes",
         "[a](javascript:x) [b](JaVaScRiPt:x) [c](data:text/html,x) [d](file:///x) [e](vbscript:x) <javascript:x> "
         "[f](\x01javascript:x) [g](&#106;avascript:x) [h](java&#10;script:x) [i](//a.example) [j](ftp://a.example) "
         "![k](javascript:x) ![l](http://127.0.0.1:9/t.png) [m](https://) [n](mailto:) [o]( https://a.example)"},
        {"attributes",
         "[a](https://a.example/\"><img/src=x>) [b](https://a.example/'><b>) [c](<https://a.example/> <x>> \"t\")"},
        {"in a table", "| <img src=x> | [a](javascript:x) |\n|---|---|\n| <script> | ![i](http://127.0.0.1/x) |"},
        {"formula", "$<img src=http://a.example>$ \\(<script>\\) $$</code><img>$$"},
    };
}

QVector<Sample> allSamples() {
    QVector<Sample> samples = ownSamples();
    for (const char* file : {"torture-own.json", "cmark-regression-examples.json", "commonmark-spec-examples.json",
                             "gfm-extension-examples.json", "gfm-spec-examples.json"}) {
        samples += jsonSamples(QString::fromLatin1(file));
    }
    return samples + answerSamples();
}

// Every tag in the markup must be one of ours, every address of a scheme that may be followed.
QString complaint(const QString& html) {
    static const QRegularExpression tag(QStringLiteral("<([^>]*)>"));
    static const QRegularExpression ours(QStringLiteral("^(/?(b|i|s|code|a)|br|a href=\"[^\"<>]*\")$"));
    QStringList open;
    for (const QRegularExpressionMatch& match : tag.globalMatch(html)) {
        const QString inside = match.captured(1);
        if (!ours.match(inside).hasMatch()) return QStringLiteral("foreign tag: ") + inside;
        if (inside.startsWith(u"a href=")) {
            const QString target = inside.sliced(8).chopped(1);
            static const QRegularExpression safe(QStringLiteral("^(https?://[^/]|mailto:.)"),
                                                 QRegularExpression::CaseInsensitiveOption);
            if (!safe.match(target).hasMatch()) return QStringLiteral("unsafe target: ") + target;
        }
        if (inside == u"br") continue;
        if (!inside.startsWith(u'/')) {
            open += inside.section(u' ', 0, 0);
        } else if (open.isEmpty() || open.takeLast() != inside.sliced(1)) {
            return QStringLiteral("unbalanced: ") + inside;
        }
    }
    return open.isEmpty() ? QString() : QStringLiteral("left open: ") + open.join(u' ');
}

QString complaint(const QVector<Block>& blocks) {
    for (const Block& block : blocks) {
        QStringList texts = block.cells;
        texts += block.html;
        for (const QString& html : texts) {
            const QString problem = complaint(html);
            if (!problem.isEmpty()) return problem + QStringLiteral(" in ") + html.left(300);
        }
        if (block.kind == Block::Kind::table && block.cells.size() % block.columns != 0)
            return QStringLiteral("ragged table");
    }
    return {};
}

}  // namespace

class MarkdownHostileTest : public QObject {
    Q_OBJECT

 private slots:
    void sharedSamplesAreThere();
    void theCheckerComplains();
    void markupIsOurs();
    void everyCutOfAStream();
    void linear_data();
    void linear();
    void tableSizeIsBounded();
    void reusedLinkTargetsAreBounded();
};

void MarkdownHostileTest::sharedSamplesAreThere() {
    if (qEnvironmentVariableIsSet("LARES_REQUIRE_SHARED"))
        QVERIFY2(hasShared(), "the shared folder is demanded but absent");
    if (hasShared()) QVERIFY(allSamples().size() > 1400);
}

void MarkdownHostileTest::theCheckerComplains() {
    QVERIFY(!complaint(QStringLiteral("<img src=x>")).isEmpty());
    QVERIFY(!complaint(QStringLiteral("<a href=\"javascript:x\">y</a>")).isEmpty());
    QVERIFY(!complaint(QStringLiteral("<b><i></b></i>")).isEmpty());
    QVERIFY(complaint(QStringLiteral("<b><a href=\"https://a.example\">x</a></b><br>&lt;img&gt;")).isEmpty());
}

void MarkdownHostileTest::markupIsOurs() {
    for (const Sample& sample : allSamples()) {
        const QString problem = complaint(parseBlocks(sample.text));
        QVERIFY2(problem.isEmpty(), qPrintable(sample.name + QStringLiteral(": ") + problem));
    }
}

// Bytes, not characters: a cut inside a character reaches the parser as U+FFFD. Samples past 3,000 bytes are cut at 400
// places.
void MarkdownHostileTest::everyCutOfAStream() {
    for (const Sample& sample : allSamples()) {
        const QByteArray utf8 = sample.text.toUtf8();
        const qsizetype step = utf8.size() <= 1500 ? 1 : utf8.size() / 200;
        for (qsizetype cut = 0; cut <= utf8.size(); cut += step) {
            const QString part = QString::fromUtf8(utf8.first(cut));
            const QString problem = complaint(parseBlocks(part, TextEnd::growing));
            QVERIFY2(problem.isEmpty(),
                     qPrintable(QStringLiteral("%1 cut at %2: %3").arg(sample.name).arg(cut).arg(problem)));
        }
    }
}

void MarkdownHostileTest::linear_data() {
    QTest::addColumn<QString>("once");
    QTest::addColumn<int>("times");
    QTest::newRow("quotes") << "> " << 20000;
    QTest::newRow("brackets") << "[" << 50000;
    QTest::newRow("closed brackets") << "[a](" << 20000;
    QTest::newRow("emphasis") << "*a " << 30000;
    QTest::newRow("underscores") << "_a_ __" << 20000;
    QTest::newRow("dollars") << "$a $$b " << 20000;
    QTest::newRow("parentheses") << "\\(a " << 30000;
    QTest::newRow("back-ticks") << "`a``b" << 20000;
    QTest::newRow("angle brackets") << "<" << 50000;
    QTest::newRow("think tags") << "</think>x" << 20000;
    QTest::newRow("entities") << "&#65;&auml;" << 10000;
    QTest::newRow("links") << "[a](https://a.example) " << 10000;
    QTest::newRow("items") << "- a\n" << 20000;
    QTest::newRow("fences") << "```\n" << 20000;
    QTest::newRow("notes") << "[1]: a\n" << 10000;
    QTest::newRow("tables") << "|a|\n|-|\n\n" << 5000;
}

// Twice the text may take about twice the time. Quadratic code would take four times; a slow machine moves both
// figures.
void MarkdownHostileTest::linear() {
    QFETCH(QString, once);
    QFETCH(int, times);
    const auto shortestMs = [&](int repeats) {
        const QString text = once.repeated(repeats);
        double best = 1e9;
        for (int i = 0; i < 3; ++i) {
            const lares::tests::CpuTimer timer;
            parseBlocks(text, TextEnd::growing);
            best = qMin(best, timer.elapsedMs());
        }
        return best;
    };
    const double quarter = shortestMs(times / 4), whole = shortestMs(times);
    qInfo("%.1f ms, a quarter of it %.1f ms", whole, quarter);
    QVERIFY2(whole < 8 * quarter + 5, "grows faster than the text");
}

void MarkdownHostileTest::tableSizeIsBounded() {
    const QString wide = QStringLiteral("|").repeated(5000) + QStringLiteral("\n") +
                         QStringLiteral("|-").repeated(4999) + QStringLiteral("|\n") +
                         QStringLiteral("x\n").repeated(5000);
    qsizetype cells = 0;
    for (const Block& block : parseBlocks(wide)) cells += block.cells.size();
    QVERIFY2(cells < 100000, qPrintable(QString::number(cells)));
}

void MarkdownHostileTest::reusedLinkTargetsAreBounded() {
    const QString text = QStringLiteral("[x]: https://a.example/") + QString(1500, u'y') + QStringLiteral("\n\n") +
                         QStringLiteral("[x]").repeated(20000);
    qsizetype size = 0;
    for (const Block& block : parseBlocks(text)) size += block.html.size();
    QVERIFY2(size < 2'000'000, qPrintable(QString::number(size)));
}

QTEST_GUILESS_MAIN(MarkdownHostileTest)
#include "tst_markdown_hostile.moc"
