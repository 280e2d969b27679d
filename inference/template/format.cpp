#include "inference/template/format.h"

#include "inference/template/builtins.h"
#include "inference/template/literals.h"
#include "inference/template/operators.h"
#include "inference/template/print.h"
#include "inference/template/unicode.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lares::inference::jinja {

namespace {

constexpr int kMaxPrecision = 1000;

/// What both notations say about one field.
struct Spec {
    std::string fill = " ";
    char align = 0;  ///< '<', '>', '^', '='; 0: by type
    char sign = 0;   ///< '+' or ' '
    bool alternate = false, grouped = false;
    char group = ',';
    std::size_t width = 0;
    std::optional<int> precision;
    char type = 0;
};

std::string formatDouble(double value, const Spec& spec) {
    const char lower = static_cast<char>(spec.type | 0x20);
    std::string out;
    if (std::isnan(value) || std::isinf(value)) {
        out = std::isnan(value) ? "nan" : "inf";
    } else {
        const auto style = lower == 'e'   ? std::chars_format::scientific
                           : lower == 'g' ? std::chars_format::general
                                          : std::chars_format::fixed;
        const double magnitude = spec.type == '%' ? std::abs(value) * 100 : std::abs(value);
        std::string buffer(static_cast<std::size_t>(spec.precision.value_or(6)) + 400, '\0');
        const auto end =
            std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, style, spec.precision.value_or(6))
                .ptr;
        out.assign(buffer.data(), end);
    }
    if (spec.type >= 'A' && spec.type <= 'Z') {
        out = toUpper(out);
    }
    return spec.type == '%' ? out + "%" : out;
}

std::string digitsInBase(Int magnitude, int base, bool upper) {
    std::string out;
    do {
        const int digit = static_cast<int>(magnitude % base);
        out += static_cast<char>(digit < 10 ? '0' + digit : (upper ? 'A' : 'a') + digit - 10);
        magnitude /= base;
    } while (magnitude > 0);
    std::reverse(out.begin(), out.end());
    return out;
}

std::string formatWhole(Int magnitude, const Spec& spec) {
    switch (spec.type) {
        case 'x':
        case 'X':
            return (spec.alternate ? (spec.type == 'x' ? "0x" : "0X") : "") +
                   digitsInBase(magnitude, 16, spec.type == 'X');
        case 'o':
            return (spec.alternate ? "0o" : "") + digitsInBase(magnitude, 8, false);
        case 'b':
            return (spec.alternate ? "0b" : "") + digitsInBase(magnitude, 2, false);
        default:
            return digitsInBase(magnitude, 10, false);
    }
}

void groupThousands(std::string& digits, char separator) {
    std::size_t end = 0;
    while (end < digits.size() && digits[end] >= '0' && digits[end] <= '9') {
        ++end;
    }
    for (std::size_t at = end; at > 3; at -= 3) {
        digits.insert(at - 3, 1, separator);
    }
}

Text padded(Run& run, const Spec& spec, const std::string& sign, const Text& body, char defaultAlign) {
    const std::size_t length = countCodePoints(sign) + countCodePoints(body.bytes());
    const std::size_t missing = spec.width > length ? spec.width - length : 0;
    run.allowText(missing * spec.fill.size());
    const char align = spec.align ? spec.align : defaultAlign;
    const std::size_t before = align == '>' || align == '=' ? missing : align == '^' ? missing / 2 : 0;
    const auto fill = [&spec](std::size_t count) {
        std::string out;
        for (; count > 0; --count) {
            out += spec.fill;
        }
        return out;
    };
    Text out(align == '=' ? sign + fill(before) : fill(before) + sign);
    out.append(body);
    out.append(fill(missing - before));
    return out;
}

Text formatNumber(Run& run, const Value& value, const Spec& spec) {
    const bool asReal = value.isReal() || std::string_view("eEfFgG%").find(spec.type) != std::string_view::npos;
    std::string digits;
    bool negative = false;
    if (asReal && spec.type != 0) {
        negative = std::signbit(value.real());
        digits = formatDouble(value.real(), spec);
    } else if (asReal) {
        negative = std::signbit(value.real());
        Spec general = spec;
        general.type = 'g';
        digits = spec.precision ? formatDouble(value.real(), general) : formatReal(std::abs(value.real()));
    } else {
        negative = value.whole() < 0;
        digits = formatWhole(negative ? multiplyChecked(run, value.whole(), -1) : value.whole(), spec);
    }
    if (spec.grouped) {
        groupThousands(digits, spec.group);
    }
    return padded(run, spec, negative ? "-" : spec.sign ? std::string(1, spec.sign) : "", digits, '>');
}

Text cutTo(const Text& text, std::optional<int> precision) {
    return precision ? text.slice(0, byteOffset(text.bytes(), static_cast<std::size_t>(*precision))) : text;
}

/// Reads a number's digits at `at`; throws when it is absurdly large.
std::size_t readNumber(Run& run, const std::string& text, std::size_t& at) {
    std::size_t value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
        value = value * 10 + static_cast<std::size_t>(text[at] - '0');
        run.allowText(value);
    }
    return value;
}

int readPrecision(Run& run, const std::string& text, std::size_t& at) {
    const std::size_t value = readNumber(run, text, at);
    if (value > kMaxPrecision) {
        run.fail(FailKind::limit, "a number is asked for with too many digits");
    }
    return static_cast<int>(value);
}

/// One rendering of a "%" format.
class PercentFormatter {
 public:
    PercentFormatter(Run& run, const Text& format, const Value& arguments)
        : m_run(run), m_format(format), m_bytes(format.bytes()), m_arguments(arguments) {}

    Text format() {
        while (m_at < m_bytes.size()) {
            const std::size_t percent = std::min(m_bytes.find('%', m_at), m_bytes.size());
            m_out.append(m_format.slice(m_at, percent));
            m_at = percent;
            if (m_at < m_bytes.size()) {
                ++m_at;
                field();
            }
            m_run.allowText(m_out.size());
        }
        if (m_arguments.isFlavor(Flavor::tuple) && !m_named && m_next < m_arguments.sequence().items.size()) {
            m_run.fail(FailKind::type, "not all arguments converted during string formatting");
        }
        if (!m_arguments.isFlavor(Flavor::tuple) && !m_arguments.isDict() && !m_named && m_next == 0) {
            m_run.fail(FailKind::type, "not all arguments converted during string formatting");
        }
        return std::move(m_out);
    }

 private:
    char current() const {
        if (m_at >= m_bytes.size()) {
            m_run.fail(FailKind::value, "incomplete format");
        }
        return m_bytes[m_at];
    }

    Value nextArgument() {
        if (m_named) {
            return *m_named;
        }
        const bool many = m_arguments.isFlavor(Flavor::tuple);
        if (many ? m_next >= m_arguments.sequence().items.size() : m_next > 0) {
            m_run.fail(FailKind::type, "not enough arguments for format string");
        }
        return many ? m_arguments.sequence().items[m_next++] : (++m_next, m_arguments);
    }

    void readName() {
        const std::size_t close = m_bytes.find(')', m_at);
        if (close == std::string::npos) {
            m_run.fail(FailKind::value, "incomplete format key");
        }
        if (!m_arguments.isDict()) {
            m_run.fail(FailKind::type, "format requires a mapping");
        }
        const std::string name = m_bytes.substr(m_at + 1, close - m_at - 1);
        const Value* value = m_arguments.dict().find(name);
        if (!value) {
            m_run.fail(FailKind::value, "'" + name + "'");
        }
        m_named = *value;
        m_at = close + 1;
    }

    void field() {
        if (current() == '(') {
            readName();
        }
        Spec spec;
        for (; std::string_view("-+ 0#").find(current()) != std::string_view::npos; ++m_at) {
            switch (current()) {
                case '-':
                    spec.align = '<';
                    break;
                case '+':
                    spec.sign = '+';
                    break;
                case ' ':
                    spec.sign = spec.sign ? spec.sign : ' ';
                    break;
                case '#':
                    spec.alternate = true;
                    break;
                default:
                    spec.fill = "0";
            }
        }
        spec.width = readNumber(m_run, m_bytes, m_at);
        if (current() == '.') {
            ++m_at;
            spec.precision = readPrecision(m_run, m_bytes, m_at);
        }
        spec.type = current();
        ++m_at;
        if (spec.type == '%') {
            m_out.append("%");
            return;
        }
        convert(spec);
    }

    void convert(Spec spec) {
        const Value value = nextArgument();
        const char type = spec.type;
        if (type == 's' || type == 'r' || type == 'a' || type == 'c') {
            spec.fill = " ";
            m_out.append(padded(m_run, spec, "",
                                cutTo(type == 'r' ? reprText(m_run, value) : toText(m_run, value), spec.precision),
                                '>'));
            return;
        }
        if (std::string_view("diuxXoeEfFgG").find(type) == std::string_view::npos) {
            m_run.fail(FailKind::value, std::string("unsupported format character '") + type + "'");
        }
        requireDefined(m_run, value);
        const bool whole = std::string_view("diuxXo").find(type) != std::string_view::npos;
        if (!value.isNumber()) {
            m_run.fail(FailKind::type,
                       whole ? std::string("%") + type + " format: a real number is required, not " + typeName(value)
                             : "must be real number, not " + typeName(value));
        }
        if (spec.fill == "0") {
            spec.align = spec.align == '<' ? '<' : '=';
            spec.fill = spec.align == '<' ? " " : "0";
        }
        if (whole && value.isReal()) {
            if (!(std::abs(value.real()) < 1e38)) {
                m_run.fail(FailKind::limit, "a number is too large");
            }
            m_out.append(formatNumber(m_run, Value(static_cast<Int>(value.real())), spec));
            return;
        }
        m_out.append(formatNumber(m_run, value, spec));
    }

    Run& m_run;
    const Text& m_format;
    const std::string& m_bytes;
    const Value& m_arguments;
    std::optional<Value> m_named;
    std::size_t m_at = 0, m_next = 0;
    Text m_out;
};

/// One rendering of a str.format() format.
class BraceFormatter {
 public:
    BraceFormatter(Interpreter& interpreter, const Text& format, const CallArguments& arguments)
        : m_interpreter(interpreter),
          m_run(interpreter.run()),
          m_format(format),
          m_bytes(format.bytes()),
          m_arguments(arguments) {}

    Text format() {
        for (std::size_t at = 0; at < m_bytes.size();) {
            const std::size_t brace = std::min(m_bytes.find_first_of("{}", at), m_bytes.size());
            m_out.append(m_format.slice(at, brace));
            if (brace == m_bytes.size()) {
                break;
            }
            if (brace + 1 < m_bytes.size() && m_bytes[brace + 1] == m_bytes[brace]) {
                m_out.append(m_format.slice(brace, brace + 1));
                at = brace + 2;
                continue;
            }
            const std::size_t close = m_bytes[brace] == '{' ? closing(brace) : std::string::npos;
            if (close == std::string::npos) {
                m_run.fail(FailKind::value,
                           std::string("Single '") + m_bytes[brace] + "' encountered in format string");
            }
            field(m_bytes.substr(brace + 1, close - brace - 1));
            m_run.allowText(m_out.size());
            at = close + 1;
        }
        return std::move(m_out);
    }

 private:
    std::size_t closing(std::size_t open) const {
        int depth = 0;
        for (std::size_t i = open; i < m_bytes.size(); ++i) {
            depth += m_bytes[i] == '{' ? 1 : m_bytes[i] == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return std::string::npos;
    }

    void field(const std::string& field) {
        m_run.step();
        const std::size_t colon = field.find(':');
        std::string name = field.substr(0, colon);
        std::string specText = colon == std::string::npos ? "" : field.substr(colon + 1);
        char conversion = 0;
        if (const std::size_t mark = name.find('!'); mark != std::string::npos) {
            conversion = mark + 1 < name.size() ? name[mark + 1] : 's';
            name.resize(mark);
        }
        Value value = lookUp(name);
        if (specText.find('{') != std::string::npos) {
            const std::size_t open = specText.find('{');
            const std::size_t close = specText.find('}', open);
            const Text inner = toText(m_run, lookUp(specText.substr(open + 1, close - open - 1)));
            specText = specText.substr(0, open) + inner.bytes() + specText.substr(close + 1);
        }
        if (conversion) {
            value = makeString(m_run, conversion == 'r' ? reprText(m_run, value) : toText(m_run, value));
        }
        m_out.append(convert(value, parse(specText)));
    }

    Value lookUp(const std::string& path) {
        std::size_t end = std::min(path.find_first_of(".["), path.size());
        Value value = root(path.substr(0, end));
        while (end < path.size()) {
            if (path[end] == '.') {
                const std::size_t next = std::min(path.find_first_of(".[", end + 1), path.size());
                value = m_interpreter.attribute(value, path.substr(end + 1, next - end - 1));
                end = next;
            } else {
                const std::size_t close = path.find(']', end);
                if (close == std::string::npos) {
                    m_run.fail(FailKind::value, "Missing ']' in format string");
                }
                const std::string key = path.substr(end + 1, close - end - 1);
                const auto index = parseInteger(key);
                value = m_interpreter.item(value, index ? Value(*index) : makeString(m_run, key));
                end = close + 1;
            }
        }
        return value;
    }

    Value root(const std::string& name) {
        if (const auto index = name.empty() ? std::optional<Int>(static_cast<Int>(m_next++)) : parseInteger(name)) {
            const Int at = *index + 1;  // the first argument is the format
            if (at < 1 || at >= static_cast<Int>(m_arguments.positional.size())) {
                m_run.fail(FailKind::value,
                           "Replacement index " + formatInteger(*index) + " out of range for positional args tuple");
            }
            return m_arguments.positional[static_cast<std::size_t>(at)];
        }
        for (const auto& [keyword, value] : m_arguments.keyword) {
            if (keyword == name) {
                return value;
            }
        }
        m_run.fail(FailKind::value, "'" + name + "'");
    }

    Spec parse(const std::string& text) {
        Spec spec;
        std::size_t at = 0;
        const auto isAlign = [&text](std::size_t i) {
            return i < text.size() && std::string_view("<>=^").find(text[i]) != std::string_view::npos;
        };
        if (!text.empty()) {
            if (const std::size_t size = decodeAt(text, 0).size; isAlign(size)) {
                spec.fill = text.substr(0, size);
                at = size;
            }
        }
        if (isAlign(at)) {
            spec.align = text[at++];
        }
        if (at < text.size() && (text[at] == '+' || text[at] == '-' || text[at] == ' ')) {
            spec.sign = text[at] == '-' ? '\0' : text[at];
            ++at;
        }
        if (at < text.size() && text[at] == '#') {
            spec.alternate = true;
            ++at;
        }
        if (at < text.size() && text[at] == '0') {
            spec.fill = spec.align ? spec.fill : "0";
            spec.align = spec.align ? spec.align : '=';
            ++at;
        }
        spec.width = readNumber(m_run, text, at);
        if (at < text.size() && (text[at] == ',' || text[at] == '_')) {
            spec.grouped = true;
            spec.group = text[at++];
        }
        if (at < text.size() && text[at] == '.') {
            ++at;
            spec.precision = readPrecision(m_run, text, at);
        }
        if (at < text.size()) {
            spec.type = text[at++];
        }
        if (at != text.size()) {
            m_run.fail(FailKind::value, "Invalid format specifier");
        }
        return spec;
    }

    Text convert(const Value& value, const Spec& spec) {
        const bool number = value.isNumber() && !(value.isBoolean() && spec.type == 0);
        const bool known = std::string_view(number ? "dbcoxXeEfFgGn%" : "s").find(spec.type) != std::string_view::npos;
        if (spec.type != 0 && !known) {
            m_run.fail(FailKind::value, std::string("Unknown format code '") + spec.type + "' for object of type '" +
                                            typeName(value) + "'");
        }
        return number ? formatNumber(m_run, value, spec)
                      : padded(m_run, spec, "", cutTo(toText(m_run, value), spec.precision), '<');
    }

    Interpreter& m_interpreter;
    Run& m_run;
    const Text& m_format;
    const std::string& m_bytes;
    const CallArguments& m_arguments;
    std::size_t m_next = 0;
    Text m_out;
};

}  // namespace

std::string formatFixed(double value, int precision) {
    Spec spec;
    spec.type = 'f';
    spec.precision = precision;
    return (std::signbit(value) ? "-" : "") + formatDouble(value, spec);
}

Value formatPercent(Run& run, const Text& format, const Value& arguments) {
    return makeString(run, PercentFormatter(run, format, arguments).format());
}

Value formatBraces(Interpreter& interpreter, CallArguments& arguments) {
    const Text format = toText(interpreter.run(), arguments.positional.front());
    return makeString(interpreter.run(), BraceFormatter(interpreter, format, arguments).format());
}

}  // namespace lares::inference::jinja
