// What is coloured in code, language by language; that no line hangs or breaks it.
#include "ui/chat/code_language.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace lares::ui;

namespace {

/// The spans as text: "k:if s:'x' n:7 c:// y".
QStringList spansOf(const char* language, const QString& code) {
    static const char* const kKinds[] = {"k", "s", "n", "c"};
    QStringList found;
    int state = 0;
    for (const QString& line : code.split(u'\n')) {
        for (const CodeSpan& span : codeSpans(line, *codeLanguage(QString(QLatin1String(language))), state)) {
            found += QLatin1String(kKinds[int(span.kind)]) + u':' + line.mid(span.start, span.length);
        }
    }
    return found;
}

}  // namespace

class CodeLanguageTest : public QObject {
    Q_OBJECT

 private slots:
    void languages_data() {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("spans");
        const auto row = [](const char* language, const char* code, const char* spans) {
            QTest::newRow(language) << QString(code) << QString(spans);
        };
        row("cpp", "if (x == 'a') return 0x1F; // done", "k:if|s:'a'|k:return|n:0x1F|c:// done");
        row("c", "int a; /* one\ntwo */ int b;", "k:int|c:/* one|c:two */|k:int");
        row("python", "def f(x):\n    \"\"\"one\n    two\"\"\"\n    return x  # end",
            "k:def|s:\"\"\"one|s:    two\"\"\"|k:return|c:# end");
        row("js", "const s = `a\nb` + 'it\\'s';", "k:const|s:`a|s:b`|s:'it\\'s'");
        row("java", "public final String s = \"x\";", "k:public|k:final|s:\"x\"");
        row("go", "func main() { x := 1.5 }", "k:func|n:1.5");
        row("rust", "fn main<'a>() -> Option<u8> { None }", "k:fn|k:Option|k:u8|k:None");
        row("bash", "for f in *.txt; do echo \"$f\"; done # all", "k:for|k:in|k:do|k:echo|s:\"$f\"|k:done|c:# all");
        row("sql", "SELECT a From t WHERE b = 'x' -- all", "k:SELECT|k:From|k:WHERE|s:'x'|c:-- all");
        row("html", "<a href=\"x\"><!-- no --></a>", "s:\"x\"|c:<!-- no -->");
        row("css", "a { color: red; /* x */ }", "c:/* x */");
        row("json", "{\"a\": [1, true]}", "s:\"a\"|n:1|k:true");
        row("yaml", "a: true # yes", "k:true|c:# yes");
        row("ruby", "def x; nil; end", "k:def|k:nil|k:end");
        row("php", "echo 'x'; # c", "k:echo|s:'x'|c:# c");
        row("lua", "--[[ a\nb ]] local x", "c:--[[ a|c:b ]]|k:local");
        row("swift", "let x = \"y\"", "k:let|s:\"y\"");
        row("powershell", "ForEach ($x in 1) { }", "k:ForEach|k:in|n:1");
    }
    void languages() {
        QFETCH(QString, code);
        QFETCH(QString, spans);
        QCOMPARE(spansOf(QTest::currentDataTag(), code).join(u'|'), spans);
    }
    void namesAreFoundInAnyCase() {
        QVERIFY(codeLanguage(u"C++") == codeLanguage(u"cpp") && codeLanguage(u"cpp") != nullptr);
        QVERIFY(codeLanguage(u"brainf") == nullptr && codeLanguage(u"") == nullptr);
    }
    void oddLines() {
        for (const char* language : {"cpp", "python", "bash", "html", "lua"}) {
            for (const QString& line : {QString(), QStringLiteral("\""), QStringLiteral("'\\"), QStringLiteral("/*"),
                                        QStringLiteral("\"\"\""), QString(QChar(u'\0')), QStringLiteral("é€😀 = 'ß")}) {
                int state = 0;
                for (const CodeSpan& span : codeSpans(line, *codeLanguage(QString(QLatin1String(language))), state)) {
                    QVERIFY(span.start >= 0 && span.length > 0 && span.start + span.length <= line.size());
                }
            }
        }
    }
    void aLongLineIsLinear() {
        QElapsedTimer clock;
        clock.start();
        int state = 0;
        const QString line = QStringLiteral("\"a\" / if 7 'x ").repeated(20'000);
        QVERIFY(!codeSpans(line, *codeLanguage(u"cpp"), state).isEmpty());
        QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
    }
};

QTEST_GUILESS_MAIN(CodeLanguageTest)
#include "tst_code_language.moc"
