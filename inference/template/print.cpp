#include "inference/template/print.h"

#include "inference/template/object.h"
#include "inference/template/unicode.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lares::inference::jinja {

std::string formatInteger(Int value) {
    const bool negative = value < 0;
    std::string digits;
    do {
        const int digit = static_cast<int>(value % 10);
        digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
        value /= 10;
    } while (value != 0);
    if (negative) {
        digits += '-';
    }
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::string formatReal(double value) {
    if (std::isnan(value)) {
        return "nan";
    }
    if (std::isinf(value)) {
        return value < 0 ? "-inf" : "inf";
    }
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    const std::string scientific(buffer, end);
    const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
    if (exponent < -4 || exponent >= 16) {
        return scientific;
    }
    end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
    std::string fixed(buffer, end);
    if (fixed.find('.') == std::string::npos) {
        fixed += ".0";
    }
    return fixed;
}

std::string escapeHtml(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&#34;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

Text escapeHtml(const Text& text) {
    if (text.markup) {
        return text;
    }
    Text out;
    std::size_t at = 0;
    for (const Text::Range& range : text.userRanges()) {
        out.append(escapeHtml(std::string_view(text.bytes()).substr(at, range.begin - at)));
        out.append(escapeHtml(std::string_view(text.bytes()).substr(range.begin, range.end - range.begin)), true);
        at = range.end;
    }
    out.append(escapeHtml(std::string_view(text.bytes()).substr(at)));
    out.markup = true;
    return out;
}

namespace {

constexpr char kHex[] = "0123456789abcdef";

void appendHex(std::string& out, char32_t value, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
        out += kHex[(value >> shift) & 0xF];
    }
}

/// Writes repr() of values into one Text.
class ReprWriter {
 public:
    ReprWriter(Run& run, Text& out) : m_run(run), m_out(out) {}

    void write(const Value& value) {
        const Nesting nesting(m_run);
        m_run.step();
        switch (value.kind()) {
            case Value::Kind::undefined:
                put("Undefined");
                break;
            case Value::Kind::none:
                put("None");
                break;
            case Value::Kind::boolean:
                put(value.boolean() ? "True" : "False");
                break;
            case Value::Kind::integer:
                put(formatInteger(value.whole()));
                break;
            case Value::Kind::real:
                put(formatReal(value.real()));
                break;
            case Value::Kind::string:
                writeString(value.text());
                break;
            case Value::Kind::sequence:
                writeSequence(value.sequence());
                break;
            case Value::Kind::dict:
                writeDict(value.dict());
                break;
            case Value::Kind::object:
                m_out.append(value.object()->print());
                break;
        }
        m_run.allowText(m_out.size());
    }

 private:
    void put(std::string_view text, bool fromUser = false) {
        m_run.allocate(text.size());
        m_out.append(text, fromUser);
    }

    void writeString(const Text& text) {
        if (text.markup) {
            put("Markup(");
        }
        const bool hasSingle = text.bytes().find('\'') != std::string::npos;
        const char quote = hasSingle && text.bytes().find('"') == std::string::npos ? '"' : '\'';
        put(std::string_view(&quote, 1));
        for (std::size_t at = 0; at < text.size();) {
            const CodePoint c = decodeAt(text.bytes(), at);
            put(escaped(text.bytes(), at, c, quote), text.fromUserAt(at));
            at += c.size;
        }
        put(std::string_view(&quote, 1));
        if (text.markup) {
            put(")");
        }
    }

    static std::string escaped(const std::string& bytes, std::size_t at, CodePoint c, char quote) {
        switch (c.value) {
            case '\n':
                return "\\n";
            case '\r':
                return "\\r";
            case '\t':
                return "\\t";
            case '\\':
                return "\\\\";
            default:
                break;
        }
        if (c.value == static_cast<char32_t>(quote)) {
            return {'\\', quote};
        }
        if (!c.valid || isPrintable(c.value)) {
            return bytes.substr(at, c.size);
        }
        std::string out = c.value < 0x100 ? "\\x" : c.value < 0x10000 ? "\\u" : "\\U";
        appendHex(out, c.value, c.value < 0x100 ? 2 : c.value < 0x10000 ? 4 : 8);
        return out;
    }

    void writeItems(const std::vector<Value>& items, std::string_view open, std::string_view close) {
        put(open);
        for (std::size_t i = 0; i < items.size(); ++i) {
            put(i == 0 ? "" : ", ");
            write(items[i]);
        }
        put(close);
    }

    void writeSequence(const Sequence& sequence) {
        switch (sequence.flavor) {
            case Flavor::list:
                writeItems(sequence.items, "[", "]");
                break;
            case Flavor::tuple:
                writeItems(sequence.items, "(", sequence.items.size() == 1 ? ",)" : ")");
                break;
            case Flavor::range:
                put(sequence.label);
                break;
            case Flavor::generator:
                put("<generator object>");
                break;
            case Flavor::dictKeys:
                writeItems(sequence.items, "dict_keys([", "])");
                break;
            case Flavor::dictValues:
                writeItems(sequence.items, "dict_values([", "])");
                break;
            case Flavor::dictItems:
                writeItems(sequence.items, "dict_items([", "])");
                break;
        }
    }

    void writeDict(const Dict& dict) {
        put("{");
        bool first = true;
        for (const auto& [key, value] : dict.entries) {
            put(std::exchange(first, false) ? "" : ", ");
            write(key);
            put(": ");
            write(value);
        }
        put("}");
    }

    Run& m_run;
    Text& m_out;
};

/// Writes json.dumps() of values into one Text.
class JsonWriter {
 public:
    JsonWriter(Run& run, const JsonStyle& style, Text& out) : m_run(run), m_style(style), m_out(out) {}

    void write(const Value& value) {
        const Nesting nesting(m_run);
        m_run.step();
        switch (value.kind()) {
            case Value::Kind::none:
                put("null");
                break;
            case Value::Kind::boolean:
                put(value.boolean() ? "true" : "false");
                break;
            case Value::Kind::integer:
                put(formatInteger(value.whole()));
                break;
            case Value::Kind::real:
                put(number(value.real()));
                break;
            case Value::Kind::string:
                writeString(value.text());
                break;
            case Value::Kind::dict:
                writeDict(value.dict());
                break;
            case Value::Kind::sequence:
                if (value.isFlavor(Flavor::list) || value.isFlavor(Flavor::tuple)) {
                    writeList(value.sequence().items);
                    break;
                }
                [[fallthrough]];
            default:
                m_run.fail(FailKind::type, "Object of type " + typeName(value) + " is not JSON serializable");
        }
        m_run.allowText(m_out.size());
    }

 private:
    void put(std::string_view text, bool fromUser = false) {
        m_run.allocate(text.size());
        m_out.append(text, fromUser);
    }

    static std::string number(double value) {
        return std::isnan(value)   ? "NaN"
               : std::isinf(value) ? (value < 0 ? "-Infinity" : "Infinity")
                                   : formatReal(value);
    }

    void newLine() {
        if (m_style.indent) {
            put("\n");
            for (int i = 0; i < m_level; ++i) {
                put(*m_style.indent);
            }
        }
    }

    void writeString(const Text& text) {
        put("\"");
        for (std::size_t at = 0; at < text.size();) {
            const CodePoint c = decodeAt(text.bytes(), at);
            put(escaped(text.bytes(), at, c), text.fromUserAt(at));
            at += c.size;
        }
        put("\"");
    }

    std::string escaped(const std::string& bytes, std::size_t at, CodePoint c) const {
        switch (c.value) {
            case '"':
                return "\\\"";
            case '\\':
                return "\\\\";
            case '\n':
                return "\\n";
            case '\r':
                return "\\r";
            case '\t':
                return "\\t";
            case '\b':
                return "\\b";
            case '\f':
                return "\\f";
            default:
                break;
        }
        const bool plain = c.value >= 0x20 && (c.value < 0x7F || !m_style.ensureAscii);
        if (plain || (c.value == 0x7F)) {
            return bytes.substr(at, c.size);
        }
        std::string out;
        const auto unit = [&out](char32_t value) {
            out += "\\u";
            appendHex(out, value, 4);
        };
        if (c.value >= 0x10000) {
            unit(0xD800 + ((c.value - 0x10000) >> 10));
            unit(0xDC00 + ((c.value - 0x10000) & 0x3FF));
        } else {
            unit(c.value);
        }
        return out;
    }

    void writeList(const std::vector<Value>& items) {
        put("[");
        ++m_level;
        for (std::size_t i = 0; i < items.size(); ++i) {
            separate(i == 0);
            write(items[i]);
        }
        --m_level;
        if (!items.empty()) {
            newLine();
        }
        put("]");
    }

    void separate(bool first) {
        if (!first) {
            put(m_style.itemSeparator);
        }
        newLine();
    }

    void writeDict(const Dict& dict) {
        std::vector<const std::pair<Value, Value>*> entries;
        for (const auto& entry : dict.entries) {
            entries.push_back(&entry);
        }
        if (m_style.sortKeys) {
            std::stable_sort(entries.begin(), entries.end(),
                             [this](const auto* a, const auto* b) { return lessThan(m_run, a->first, b->first); });
        }
        put("{");
        ++m_level;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            separate(i == 0);
            writeKey(entries[i]->first);
            put(m_style.keySeparator);
            write(entries[i]->second);
        }
        --m_level;
        if (!entries.empty()) {
            newLine();
        }
        put("}");
    }

    void writeKey(const Value& key) {
        if (key.isString()) {
            writeString(key.text());
        } else if (key.isNumber() || key.isNone()) {
            put("\"");
            write(key);
            put("\"");
        } else {
            m_run.fail(FailKind::type, "keys must be str, int, float, bool or None, not " + typeName(key));
        }
    }

    Run& m_run;
    const JsonStyle& m_style;
    Text& m_out;
    int m_level = 0;
};

}  // namespace

Text reprText(Run& run, const Value& value) {
    Text out;
    ReprWriter(run, out).write(value);
    return out;
}

Text toText(Run& run, const Value& value) {
    switch (value.kind()) {
        case Value::Kind::string:
            return value.text();
        case Value::Kind::undefined:
            return {};
        default:
            return reprText(run, value);
    }
}

Text toJson(Run& run, const Value& value, const JsonStyle& style) {
    Text out;
    JsonWriter(run, style, out).write(value);
    return out;
}

}  // namespace lares::inference::jinja
