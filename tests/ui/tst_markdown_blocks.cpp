// Markdown to blocks: what each construction becomes, and what is held back while text still grows.
#include "tests/ui/markdown_printing.h"

#include <QTest>

using namespace lares::ui;

class MarkdownBlocksTest : public QObject {
    Q_OBJECT

 private slots:
    void blocks_data();
    void blocks();
    void tableAlignmentAndText();
    void plainTextBesidesHtml();
    void growing_data();
    void growing();
    void thinking_data();
    void thinking();
    void withoutThinkingKeepsTheAnswer();
};

void MarkdownBlocksTest::blocks_data() {
    QTest::addColumn<QString>("markdown");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const char* markdown, QStringList expected) {
        QTest::newRow(name) << QString::fromUtf8(markdown) << expected;
    };
    row("nothing", "", {});
    row("blank", " \n\n ", {});
    row("paragraph", "Hello, *you* and **me**, ~~him~~.", {"p Hello, <i>you</i> and <b>me</b>, <s>him</s>."});
    row("two paragraphs", "a\n\nb", {"p a", "p b"});
    row("line breaks stay", "one  \ntwo\\\nthree\nfour", {"p one<br>two<br>three<br>four"});
    row("headings", "# A\n## B\n###### F\n####### not", {"h1 A", "h2 B", "h6 F", "p ####### not"});
    row("rule or heading", "para\n---\n\n***\n- - -", {"h2 para", "rule", "rule"});
    row("code", "```python {.x}\ndef f():\n    return 1\n```\nend", {"code[python] def f():\n    return 1", "p end"});
    row("unclosed fence", "```\nint x;", {"code[] int x;"});
    row("fence in fence", "````md\n```cpp\nint x;\n```\n````", {"code[md] ```cpp\nint x;\n```"});
    row("indented code", "Text:\n\n    a\n    b", {"p Text:", "code[] a\nb"});
    row("bullets", "- a\n- b\n  - c\n", {".• a", ".• b", "..• c"});
    row("numbers", "7. seven\n8. eight\n1) x", {".7. seven", ".8. eight", ".1) x"});
    row("loose items", "- a\n\n  more\n\n- b", {".• a", ".p more", ".• b"});
    row("tasks", "- [ ] todo\n- [x] done", {".•[ ] todo", ".•[x] done"});
    row("code in an item", "1. Step one\n\n   ```sh\n   ls\n   ```\n\n2. Step two",
        {".1. Step one", ".code[sh] ls", ".2. Step two"});
    row("code as the item", "- ```sh\n  ls\n  ```", {".• ", ".code[sh] ls"});
    row("list as the item", "- - a", {".• ", "..• a"});
    row("heading as the item", "1. ## Title", {".1. <b>Title</b>"});
    row("empty item", "- a\n-\n- b", {".• a", ".• ", ".• b"});
    row("quotes", "> a\n>> b\n\nc", {">p a", ">>p b", "p c"});
    row("list in a quote", "> - a\n>   1. x", {">.• a", ">..1. x"});
    row("table", "| a | b |\n|:--|--:|\n| `x|y` | **2** |", {"table2 a|b|<code>x|y</code>|<b>2</b>"});
    row("table with short delimiters", "|a|b|\n|-|-|\n|1|2|", {"table2 a|b|1|2"});
    row("ragged table", "|a|b|\n|---|---|\n|1|\n|1|2|3|", {"table2 a|b|1||1|2"});
    row("dashes that are no table", "a - b\n\n|-|", {"p a - b", "p |-|"});
    row("inline code keeps blanks", "`a   b`", {"p <code>a &#160; b</code>"});
    row("entities", "&lt;b&gt; &amp; &copy; &#x1F600; &bogus; AT&T",
        {QString::fromUtf8("p &lt;b&gt; &amp; © 😀 &amp;bogus; AT&amp;T")});
    row("raw HTML is text", "a <b>c</b> <script>x</script>",
        {"p a &lt;b&gt;c&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;"});
    row("HTML block is text", "<div>\n*x*\n</div>", {"p &lt;div&gt;<br><i>x</i><br>&lt;/div&gt;"});
    row("link", "[t](https://a.example/?x=1&y=2)", {"p <a href=\"https://a.example/?x=1&amp;y=2\">t</a>"});
    row("bare link", "see https://a.example/b.", {"p see <a href=\"https://a.example/b\">https://a.example/b</a>."});
    row("mail link", "<mailto:a@b.example>", {"p <a href=\"mailto:a@b.example\">mailto:a@b.example</a>"});
    row("unsafe link", "[t](javascript:alert(1))", {"p t (javascript:alert(1))"});
    row("file link", "[t](file:///etc/passwd)", {"p t (file:///etc/passwd)"});
    row("link that lies", "[https://bank.example](https://evil.example/login)",
        {"p <a href=\"https://evil.example/login\">https://bank.example</a> (evil.example)"});
    row("link with a name in front", "[x](https://bank.example@evil.example/)",
        {"p <a href=\"https://bank.example@evil.example/\">x</a> (evil.example)"});
    row("link with www", "[www.a.example](https://a.example/)", {"p <a href=\"https://a.example/\">www.a.example</a>"});
    row("look-alike letters", "[x](https://g\u043e\u043egle.com/)",
        {QString::fromUtf8("p <a href=\"https://g\u043e\u043egle.com/\">x</a> (xn--ggle-55da.com)")});
    row("image is a link", "![a cat](https://a.example/c.png)", {"p <a href=\"https://a.example/c.png\">a cat</a>"});
    row("image without words", "![](https://a.example/c.png)",
        {"p <a href=\"https://a.example/c.png\">https://a.example/c.png</a>"});
    row("image from a file", "![cat](file:///c.png) ![](data:image/png;base64,AA)", {"p cat picture"});
    row("image in a link", "[![alt](https://a.example/i.png)](https://b.example)",
        {"p <a href=\"https://b.example\">alt</a>"});
    row("quotation marks in a target", "[t](https://a.example/\"onclick=\"x)",
        {"p <a href=\"https://a.example/&quot;onclick=&quot;x\">t</a>"});
    row("citations stay", "It ends [1].\n\n[1]: lease, page 3", {"p It ends [1].", "p [1]: lease, page 3"});
    row("footnotes stay", "Fact.[^1]\n\n[^1]: First.", {"p Fact.[^1]", "p [^1]: First."});
    row("link definitions work", "[a][1]\n\n[1]: https://a.example", {"p <a href=\"https://a.example\">a</a>"});
    row("snake case", "snake_case_name 2*3*4 __init__.py", {"p snake_case_name 2<i>3</i>4 <b>init</b>.py"});
    row("formulas", "$e^{i\\pi}_1+_2=0$ and \\(a_1*b*c\\).",
        {"p <code>$e^{i\\pi}_1+_2=0$</code> and <code>\\(a_1*b*c\\)</code>."});
    row("display formula", "$$\n\\int_0^1 x_i\n$$", {"p <code>$$<br>\\int_0^1 x_i<br>$$</code>"});
    row("prices", "It costs $5 to $10, not $3_000_.", {"p It costs $5 to $10, not $3_000_."});
    row("formula in code stays code", "`$x$`\n\n```\n$$y$$\n```", {"p <code>$x$</code>", "code[] $$y$$"});
    row("control characters", "\x1b[31mred\x1b[0m\x07", {QString::fromUtf8("p ␛[31mred␛[0m␇")});
    row("bidi overrides go", "safe \u202egnp.exe\u202c", {"p safe gnp.exe"});
    row("line ends", "a\r\nb\rc", {"p a<br>b<br>c"});
    row("CJK emphasis", "日本語の**強調**です", {QString::fromUtf8("p 日本語の<b>強調</b>です")});
}

void MarkdownBlocksTest::blocks() {
    QFETCH(QString, markdown);
    QFETCH(QStringList, expected);
    QCOMPARE(printed(parseBlocks(markdown)), expected);
}

void MarkdownBlocksTest::tableAlignmentAndText() {
    const QVector<Block> blocks = parseBlocks(u"| a | *b* | c |\n|:-|:-:|-:|\n| 1 | 2 | 3 |\n");
    QCOMPARE(blocks.size(), 1);
    QCOMPARE(blocks[0].alignments, (QVector<int>{Qt::AlignLeft, Qt::AlignHCenter, Qt::AlignRight}));
    QCOMPARE(blocks[0].text, QStringLiteral("a\tb\tc\n1\t2\t3"));
}

void MarkdownBlocksTest::plainTextBesidesHtml() {
    const QVector<Block> blocks = parseBlocks(u"**Bold** `a  b` [t](https://a.example) &amp; $x_1$");
    QCOMPARE(blocks[0].text, QStringLiteral("Bold a  b t & $x_1$"));
}

void MarkdownBlocksTest::growing_data() {
    QTest::addColumn<QString>("markdown");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const char* markdown, QStringList expected) {
        QTest::newRow(name) << QString::fromUtf8(markdown) << expected;
    };
    row("a dash is held back", "Plan:\n-", {"p Plan:"});
    row("a number is held back", "Plan:\n\n1.", {"p Plan:"});
    row("an item with its text is not", "Plan:\n\n- a", {"p Plan:", ".• a"});
    row("half a fence", "Text\n\n``", {"p Text"});
    row("half a delimiter row, and the row above", "T\n\n| a | b |\n|--", {"p T"});
    row("a table's first row", "T\n\n| a | b |", {"p T"});
    row("a table's first row, ended", "T\n\n| a | b |\n", {"p T"});
    row("a table once it is one", "| a | b |\n|---|---|\n", {"table2 a|b"});
    row("a table's next row", "| a | b |\n|---|---|\n| 1 |", {"table2 a|b|1|"});
    row("words are not held back", "a\nb", {"p a<br>b"});
    row("code is not held back", "```\nx = 1", {"code[] x = 1"});
    row("the beginning of a tag", "<thi", {});
    row("something else", "<this", {"p &lt;this"});
}

void MarkdownBlocksTest::growing() {
    QFETCH(QString, markdown);
    QFETCH(QStringList, expected);
    QCOMPARE(printed(parseBlocks(markdown, TextEnd::growing)), expected);
}

void MarkdownBlocksTest::thinking_data() {
    QTest::addColumn<QString>("markdown");
    QTest::addColumn<bool>("grows");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const char* markdown, bool grows, QStringList expected) {
        QTest::newRow(name) << QString::fromUtf8(markdown) << grows << expected;
    };
    row("closed", "<think>\n**X**: 1 < 2\n</think>\n\nYes.", false, {"think **X**: 1 < 2", "p Yes."});
    row("open while growing", "<think>\nStill", true, {"think... Still"});
    row("open at the end", "<think>\nStill", false, {"think Still"});
    row("half an end tag", "<think>\nStill</thi", true, {"think... Still"});
    row("empty", "<think>\n\n</think>\n\nYes.", false, {"p Yes."});
    row("end tag alone", "So.\n</think>\nYes.", false, {"think So.", "p Yes."});
    row("tags spoken of", "The `</think>` tag ends it.", false, {"p The <code>&lt;/think&gt;</code> tag ends it."});
    row("tag later on", "Hi <think>x</think>", false, {"p Hi &lt;think&gt;x&lt;/think&gt;"});
}

void MarkdownBlocksTest::thinking() {
    QFETCH(QString, markdown);
    QFETCH(bool, grows);
    QFETCH(QStringList, expected);
    QCOMPARE(printed(parseBlocks(markdown, grows ? TextEnd::growing : TextEnd::complete)), expected);
}

void MarkdownBlocksTest::withoutThinkingKeepsTheAnswer() {
    QCOMPARE(withoutThinking(u"<think>\na\n</think>\n\n**Yes**.\n"), QStringLiteral("**Yes**."));
    QCOMPARE(withoutThinking(u"**Yes**."), QStringLiteral("**Yes**."));
}

QTEST_GUILESS_MAIN(MarkdownBlocksTest)
#include "tst_markdown_blocks.moc"
