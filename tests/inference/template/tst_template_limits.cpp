// Templates that waste: each is stopped within a second, with an error, whatever it wastes. Time is that of the
// processor, so that a busy machine makes no difference.
#include "inference/template/chat_template.h"

#include <QTest>

#include <algorithm>
#include <ctime>

using namespace lares::inference;

namespace {

using Kind = TemplateError::Kind;

/// A text of 8 * 2^n bytes, made without many steps.
std::string doubled(int times) {
    return "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(" + std::to_string(times) +
           ") %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}";
}

const std::string kLoop = "{% for i in range(99999) %}{% for j in range(99999) %}";
const std::string kEnd = "{% endfor %}{% endfor %}";

/// Of the processor.
class Stopwatch {
 public:
    qint64 elapsed() const { return static_cast<qint64>(std::clock() - m_start) * 1000 / CLOCKS_PER_SEC; }

 private:
    std::clock_t m_start = std::clock();
};

struct Row {
    const char* name;
    std::string source;
};

const Row kRows[] = {
    {"never ends", kLoop + kEnd},
    {"macro calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"},
    {"macro calls itself twice", "{% macro f() %}{% if false %}{% endif %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}"},
    {"loop calls itself", "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}"},
    {"text doubles", doubled(40)},
    {"lists double", "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}"},
    {"lists nest", "{% set ns = namespace(l=[1]) %}{% for i in range(900) %}{% set ns.l = [ns.l] %}{% endfor %}"},
    {"shared lists are printed",
     "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}"},
    {"shared lists are compared",
     "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(60) %}{% set a.l = [a.l, a.l] %}{% "
     "set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}"},
    {"shared lists as JSON",
     "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson "
     "}}"},
    {"list times many", "{{ ([1] * 100000000) | length }}"},
    {"text times many", "{{ 'a' * 1000000000 }}"},
    {"padding", "{{ 'a'.center(1000000000) }}"},
    {"format width", "{{ '%1000000000d' % 1 }}{{ '{:>1000000000}'.format(1) }}"},
    {"large powers", "{{ 10 ** 10 ** 10 }}"},
    {"long range", "{{ range(1000000000) | list }}"},
    {"searching", doubled(18) + "{% set w = ns.s[:900000] ~ 'b' %}" + kLoop + "{{ ns.s.find(w) }}" + kEnd},
    {"searching from the right", doubled(18) + kLoop + "{{ ns.s.rfind('b' ~ ns.s[:900000]) }}" + kEnd},
    {"looking in", doubled(18) + kLoop + "{{ (ns.s[:900000] ~ 'b') in ns.s }}" + kEnd},
    {"counting", doubled(18) + kLoop + "{{ ns.s.count(ns.s[:900000] ~ 'b') }}" + kEnd},
    {"replacing", doubled(18) + kLoop + "{{ ns.s.replace('a', 'bb') | length }}" + kEnd},
    {"asking letters", doubled(18) + kLoop + "{% set x = ns.s.isalpha() %}" + kEnd},
    {"changing case", doubled(18) + kLoop + "{% set x = ns.s.title().istitle() %}" + kEnd},
    {"splitting words",
     "{% set ns = namespace(s='a b ') %}{% for i in range(16) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}" + kLoop +
         "{{ ns.s.rsplit(none, 60000) | length }}" + kEnd},
    {"splitting lines",
     "{% set ns = namespace(s='a\\n') %}{% for i in range(16) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}" + kLoop +
         "{% set x = ns.s.splitlines() %}" + kEnd},
    {"stripping", doubled(18) + kLoop + "{% set x = ns.s.strip('b' ~ ns.s) %}" + kEnd},
    {"sorting", kLoop + "{% set x = range(9999) | sort %}" + kEnd},
    {"unique", "{{ range(99999) | map('string') | unique | list | length }}"},
    {"the clock",
     "{% set ns = namespace(s='%c%c%c%c') %}{% for i in range(18) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}" + kLoop +
         "{% set x = strftime_now(ns.s) %}" + kEnd},
    {"JSON of long texts", doubled(18) + kLoop + "{% set x = ns.s | tojson %}" + kEnd},
    {"joining", "{{ range(99999) | join('x' * 100000) }}"},
    {"indenting", "{{ ('a\\n' * 100000) | indent(10000) }}"},
};

}  // namespace

class TemplateLimitsTest : public QObject {
    Q_OBJECT

    qint64 m_longestMs = 0;

 private slots:
    void isStopped_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(std::size(kRows)); ++i) QTest::newRow(kRows[i].name) << i;
    }
    void isStopped() {
        QFETCH(int, index);
        const ChatTemplate parsed = ChatTemplate::parse(kRows[index].source);
        const Stopwatch timer;
        bool stopped = false;
        try {
            parsed.render(nlohmann::ordered_json::object());
        } catch (const TemplateError& error) {
            stopped = error.templateKind() == Kind::limit || error.templateKind() == Kind::recursion;
            QVERIFY2(stopped, error.what());
        }
        const qint64 elapsedMs = timer.elapsed();
        m_longestMs = std::max(m_longestMs, elapsedMs);
        QVERIFY(stopped);
        // Within a second; twice that is allowed to sanitizers.
        QVERIFY2(elapsedMs < 2000, qPrintable(QString::number(elapsedMs)));
    }

    void hugeSourcesAreRefusedOrParsedInTime() {
        for (const std::string& source : {std::string(1 << 20, 'a'), std::string(), std::string("{{"),
                                          std::string("{% if a %}"), std::string("{{ not ")}) {
            std::string all = source;
            while (!source.empty() && all.size() < (std::size_t{512} << 10)) all += source;
            const Stopwatch timer;
            try {
                ChatTemplate::parse(all);
                QVERIFY(all.size() <= std::size_t{512} << 10);
            } catch (const TemplateError& error) {
                QVERIFY(!error.message().empty());
            }
            QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
        }
    }

    void deepContextsAreRefused() {
        nlohmann::ordered_json deep = 1;
        for (int i = 0; i < 1000; ++i) deep = nlohmann::ordered_json::array({deep});
        QVERIFY_EXCEPTION_THROWN(ChatTemplate::parse("{{ x }}").render({{"x", deep}}), TemplateError);
    }

    void smallerLimitsHold() {
        RenderOptions options;
        options.limits.textBytes = 100;
        QVERIFY_EXCEPTION_THROWN(ChatTemplate::parse("{% for i in range(99) %}ab{% endfor %}").render({}, options),
                                 TemplateError);
        options = {};
        options.limits.steps = 100;
        QVERIFY_EXCEPTION_THROWN(ChatTemplate::parse("{% for i in range(99) %}{% endfor %}").render({}, options),
                                 TemplateError);
    }

    void aLongChatStaysFarBelowTheLimits() {
        nlohmann::ordered_json messages = nlohmann::ordered_json::array();
        for (int i = 0; i < 400; ++i) {
            messages.push_back({{"role", i % 2 ? "assistant" : "user"}, {"content", std::string(2500, 'x')}});
        }
        const auto parsed = ChatTemplate::parse(
            "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content | trim + '<|im_end|>' + '\n' }}{% "
            "endfor %}");
        const Stopwatch timer;
        QVERIFY(parsed.render({{"messages", messages}}).size() > 1000000);
        QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
    }

    void cleanupTestCase() { qInfo("longest: %lld ms", static_cast<long long>(m_longestMs)); }
};

QTEST_GUILESS_MAIN(TemplateLimitsTest)
#include "tst_template_limits.moc"
