// The language of chat templates, a line for each rule: what Jinja 3.1 gives with trim_blocks and lstrip_blocks.
#include "inference/template/chat_template.h"

#include <QTest>

using namespace lares::inference;

namespace {

using Json = nlohmann::ordered_json;
using Kind = TemplateError::Kind;

const Json kContext = Json::parse(R"({
    "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}],
    "xs": [3, 1, 2], "d": {"k": 1, "b": "é<&>'", "z": null}, "s": "  Hello World  ", "n": 7, "f": 2.5, "t": true, "e": [],
    "bos_token": "<s>"})");

struct Row {
    const char* name;
    const char* source;
    const char* text;
};

const Row kRows[] = {
    {"output", "{{ n }}|{{ f }}|{{ t }}|{{ none }}|{{ missing }}|{{ xs }}|{{ d }}",
     "7|2.5|True|None||[3, 1, 2]|{'k': 1, 'b': \"é<&>'\", 'z': None}"},
    {"literals", "{{ 1.0 }} {{ 1e20 }} {{ 'a\\n' ~ \"b\" }} {{ [1, 'x'] }} {{ (1,) }} {{ {'a': 1} }}",
     "1.0 1e+20 a\nb [1, 'x'] (1,) {'a': 1}"},
    {"arithmetic",
     "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 3 ** 2 }} {{ 1 + 2 * 3 }} {{ 'ab' * 2 }}",
     "3 -4 2 3.5 64 7 abab"},
    {"comparison", "{{ 1 < 2 < 3 }} {{ 1 == 1.0 }} {{ 'a' in 'abc' }} {{ 4 not in xs }} {{ 'k' in d }} {{ not t }}",
     "True True True True True False"},
    {"logic keeps values", "{{ '' or 'x' }} {{ 'a' and 'b' }} {{ 'y' if n > 5 else 'z' }} {{ 'y' if false }}",
     "x b y "},
    {"slices",
     "{{ xs[::-1] }} {{ xs[1:] }} {{ 'hello'[-3:-1] }} {{ xs[-1] }} {{ messages[0]['content'] }} {{ messages[1].role "
     "}}",
     "[2, 1, 3] [1, 2] ll 2 a assistant"},
    {"if", "{% if n == 1 %}a{% elif n == 7 %}b{% else %}c{% endif %}", "b"},
    {"for", "{% for x in xs %}{{ loop.index }}{{ x }}{{ ',' if not loop.last }}{% endfor %}", "13,21,32"},
    {"for else and filter", "{% for x in xs if x > 1 %}{{ x }}{% endfor %}{% for x in e %}{% else %}-{% endfor %}",
     "32-"},
    {"for over pairs", "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "k=1;b=é<&>';z=None;"},
    {"loop controls",
     "{% for x in range(9) %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% "
     "endfor %}",
     "023"},
    {"loop neighbours",
     "{% for x in xs %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {{ loop.revindex0 }}{{ loop.first }};{% endfor "
     "%}",
     "<3>1 2True;3<1>2 1False;1<2> 0False;"},
    {"recursive loop", "{% for x in [[1, []], [2, [[3, []]]]] recursive %}{{ x[0] }}({{ loop(x[1]) }}){% endfor %}",
     "1()2(3())"},
    {"scopes", "{% set a = 1 %}{% for x in xs %}{% set a = x %}{% endfor %}{{ a }}", "1"},
    {"namespaces", "{% set ns = namespace(a=0) %}{% for x in xs %}{% set ns.a = ns.a + x %}{% endfor %}{{ ns.a }}",
     "6"},
    {"set block", "{% set a %}x{{ n }}{% endset %}{{ a | upper }}", "X7"},
    {"macros",
     "{% macro f(a, b='B') %}{{ a }}{{ b }}{{ varargs | length }}{% endmacro %}{{ f(1) }}{{ f(1, b=2) }}{{ f(1, 2, 3) "
     "}}",
     "1B0120121"},
    {"call blocks", "{% macro f() %}<{{ caller('x') }}>{% endmacro %}{% call(y) f() %}{{ y }}!{% endcall %}", "<x!>"},
    {"filter blocks", "{% filter upper | trim %} abc {% endfilter %}", "ABC"},
    {"with", "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}", "3"},
    {"generation blocks", "{% generation %}{{ n }}{% endgeneration %}", "7"},
    {"raw and comments", "{% raw %}{{ x }}{% endraw %}{# gone #}!", "{{ x }}!"},
    {"trim and lstrip blocks", "a\n  {% if t %}\nb\n  {% endif %}\nc\n", "a\nb\nc"},
    {"minus signs", "a \n{%- if t -%} \n b \n{%- endif %} c", "ab c"},
    {"plus signs", "a\n  {%+ if t %}b{% endif +%}\nc", "a\n  b\nc"},
    {"strings",
     "{{ s.strip() }}|{{ s.split() }}|{{ 'a,b'.split(',')[1] }}|{{ 'abc'.upper().replace('B', '-') }}|{{ "
     "'x'.join(['1', '2']) }}",
     "Hello World|['Hello', 'World']|b|A-C|1x2"},
    {"string tests",
     "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('x') }} {{ '12'.isdigit() }} {{ 'a-b'.partition('-') }}",
     "True False True ('a', '-', 'b')"},
    {"string positions",
     "{{ 'hello'.find('l') }} {{ 'hello'.rfind('l') }} {{ 'hello'.count('l') }} {{ 'é!'.index('!') }}", "2 3 2 1"},
    {"formatting", "{{ '%s-%03d' % ('a', 7) }} {{ '{} {x:>3}'.format(1, x=2) }} {{ '%.2f' | format(2.345) }}",
     "a-007 1   2 2.35"},
    {"list filters",
     "{{ xs | sort | join('-') }} {{ xs | first }} {{ xs | last }} {{ xs | length }} {{ xs | sum }} {{ xs | max }} {{ "
     "xs | reverse | list }}",
     "1-2-3 3 2 3 6 3 [2, 1, 3]"},
    {"selection",
     "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join(',') }} {{ xs | "
     "reject('odd') | list }} {{ xs | select('>', 1) | list }}",
     "a,c [2] [3, 2]"},
    {"grouping",
     "{% for g in messages | groupby('role') %}{{ g.grouper }}:{{ g.list | length }} {% endfor %}{{ [1, 1, 2] | unique "
     "| list }} {{ range(5) | batch(2) | list }}",
     "assistant:1 user:2 [1, 2] [[0, 1], [2, 3], [4]]"},
    {"text filters",
     "{{ s | trim | lower }}|{{ 'hello world' | title }}|{{ 'abc' | capitalize }}|{{ 'a\\nb' | indent(2) }}|{{ 'a b' | "
     "replace(' ', '_') }}",
     "hello world|Hello World|Abc|a\n  b|a_b"},
    {"escaping", "{{ '<a>&' | escape }} {{ '<b>' | e | safe }} {{ '<i>' }}", "&lt;a&gt;&amp; &lt;b&gt; <i>"},
    {"number filters",
     "{{ '12' | int + 1 }} {{ 'x' | int }} {{ '1.5' | float }} {{ -3 | abs }} {{ 2.5 | round }} {{ 2.345 | round(2) }}",
     "13 0 1.5 3 2.0 2.35"},
    {"default", "{{ missing | default('x') }} {{ '' | default('y', true) }} {{ (missing.a if false) is defined }}",
     "x y False"},
    {"tojson", "{{ d | tojson }} {{ [1.0, true, none, 'é\\n'] | tojson }}",
     "{\"k\": 1, \"b\": \"é<&>'\", \"z\": null} [1.0, true, null, \"é\\n\"]"},
    {"tojson indent", "{{ {'a': [1]} | tojson(indent=2) }}", "{\n  \"a\": [\n    1\n  ]\n}"},
    {"tests",
     "{{ n is odd }} {{ s is string }} {{ xs is iterable }} {{ d is mapping }} {{ none is none }} {{ missing is "
     "undefined }} {{ n is divisibleby 7 }} {{ t is true }} {{ f is number }} {{ n is not sequence }}",
     "True True True True True True True True True True"},
    {"dicts",
     "{{ d.get('q', 5) }} {{ d.keys() | list }} {{ d['k'] }} {{ dict(a=1).a }} {{ d | length }} {{ d | dictsort | "
     "first }}",
     "5 ['k', 'b', 'z'] 1 1 3 ('b', \"é<&>'\")"},
    {"functions",
     "{{ range(1, 6, 2) | list }} {% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }} {% set j = "
     "joiner('|') %}{{ j() }}x{{ j() }}y",
     "[1, 3, 5] aba x|y"},
    {"the clock", "{{ strftime_now('%d %b %Y %H:%M') }}", "24 Nov 2026 12:30"},
    {"absent tools", "{{ tools is none }} {{ documents is none }}", "True True"},
};

struct Failure {
    const char* name;
    const char* source;
    Kind kind;
    const char* says;
};

const Failure kFailures[] = {
    {"raised", "{{ raise_exception('No: ' ~ n) }}", Kind::raised, "No: 7"},
    {"undefined", "{{ missing.a }}", Kind::undefined, "'missing' is undefined"},
    {"attribute", "{{ d.nope.deeper }}", Kind::undefined, "has no attribute 'nope'"},
    {"concatenation", "{{ 'a' + 1 }}", Kind::type, "can only concatenate str"},
    {"no loop over none", "{% for x in none %}{% endfor %}", Kind::type, "not iterable"},
    {"division", "{{ 1 / 0 }}", Kind::value, "division by zero"},
    {"sandbox", "{{ xs.append(1) }}", Kind::security, "append"},
    {"dunder", "{{ ''.__class__.mro }}", Kind::security, "__class__"},
    {"no filter", "{{ 1 | nope }}", Kind::syntax, "nope"},
    {"no end", "{% if t %}", Kind::syntax, ""},
    {"no end of output", "{{ 1", Kind::syntax, ""},
    {"no import", "{% include 'x' %}", Kind::syntax, ""},
    {"no assignment", "{% set d.k = 1 %}", Kind::type, "non-namespace"},
};

RenderOptions options() {
    RenderOptions result;
    result.now = parseIsoTime("2026-11-24T12:30:00");
    return result;
}

std::string render(const std::string& source, const Json& context = kContext) {
    return ChatTemplate::parse(source).render(context, options());
}

}  // namespace

class TemplateTest : public QObject {
    Q_OBJECT

 private slots:
    void renders_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(std::size(kRows)); ++i) QTest::newRow(kRows[i].name) << i;
    }
    void renders() {
        QFETCH(int, index);
        try {
            QCOMPARE(QByteArray::fromStdString(render(kRows[index].source)), QByteArray(kRows[index].text));
        } catch (const TemplateError& error) {
            QFAIL(error.what());
        }
    }

    void fails_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(std::size(kFailures)); ++i) QTest::newRow(kFailures[i].name) << i;
    }
    void fails() {
        QFETCH(int, index);
        try {
            const std::string text = render(kFailures[index].source);
            QFAIL(text.c_str());
        } catch (const TemplateError& error) {
            QVERIFY2(error.templateKind() == kFailures[index].kind, error.kindWord());
            QVERIFY2(QByteArray(error.what()).contains(kFailures[index].says), error.what());
            QCOMPARE(error.line(), 1);
        }
    }

    void errorsNameTheirLine() {
        try {
            render("a\n{{ n }}\n{{ missing.x }}");
            QFAIL("it was rendered");
        } catch (const TemplateError& error) {
            QCOMPARE(error.line(), 3);
        }
    }

    void spansTellWhatTheUserWrote_data() {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QByteArray>("user");  ///< the user's text, spans divided by "|"
        const auto row = [](const char* name, const char* source, const char* user) {
            QTest::newRow(name) << QByteArray(source) << QByteArray(user);
        };
        row("output", "<s>{{ m.content }}</s>", " <s> A,b ");
        row("strip", "{{ '<s>' + m.content.strip() + '</s>' }}", "<s> A,b");
        row("trim filter", "<{{ m.content | trim }}>", "<s> A,b");
        row("slices", "{{ '<s>' ~ m.content[1:4] }}", "<s>");
        row("split and join", "{{ m.content.split(',') | join('<s>') }}", " <s> A|b ");
        row("replace", "{{ m.content.replace('A', bos_token) }}", " <s> |,b ");
        row("case change marks all", "{{ ('x' ~ m.content) | upper }}", "X <S> A,B ");
        row("json", "{{ m | tojson }}", "content| <s> A,b ");
        row("macro", "{% macro f(x) %}<s>{{ x }}{% endmacro %}{{ f(m.content) }}", " <s> A,b ");
        row("the role is the program's", "{{ m.role }}", "");
        row("copied to a namespace", "{% set ns = namespace(a=m.content) %}<s>{{ ns.a }}", " <s> A,b ");
    }
    void spansTellWhatTheUserWrote() {
        QFETCH(QByteArray, source);
        QFETCH(QByteArray, user);
        const Json context = {{"messages", {{{"role", "user"}, {"content", " <s> A,b "}}}}, {"bos_token", "<s>"}};
        const auto parsed = ChatTemplate::parse("{% set m = messages[0] %}" + source.toStdString());
        QByteArrayList fromUser;
        std::string joined;
        bool first = true, before = false;
        for (const TextSpan& span : parsed.renderSpans(context, options())) {
            QVERIFY(!span.text.empty() && (first || span.fromUser != before));
            first = false;
            before = span.fromUser;
            joined += span.text;
            if (span.fromUser) fromUser << QByteArray::fromStdString(span.text);
        }
        QCOMPARE(joined, parsed.render(context, options()));
        if (source.contains("tojson")) {  // keys of a message are the user's, too
            QVERIFY(fromUser.contains(" <s> A,b ") && !fromUser.contains("user"));
        } else {
            QCOMPARE(fromUser.join('|'), user);
        }
    }

    void isoTimes() {
        QVERIFY(parseIsoTime("2025-07-04T09:08:07") && parseIsoTime("2025-07-04") &&
                parseIsoTime("2025-07-04 09:08:07.5Z"));
        QCOMPARE(parseIsoTime("2025-07-04T09:08:07")->tm_wday, 5);
        for (const char* wrong : {"", "tomorrow", "2025-13-01", "2025-02-30", "2025-07-04T25:00:00"}) {
            QVERIFY2(!parseIsoTime(wrong), wrong);
        }
    }
};

QTEST_GUILESS_MAIN(TemplateTest)
#include "tst_template.moc"
