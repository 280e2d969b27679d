// Filters that make text from text.
#include "inference/template/filters.h"
#include "inference/template/format.h"
#include "inference/template/operators.h"
#include "inference/template/print.h"
#include "inference/template/text_operations.h"
#include "inference/template/unicode.h"

#include <algorithm>

namespace lares::inference::jinja {

namespace {

template <std::string (*change)(std::string_view)>
Value changeCase(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "filter", arguments, {"s"}, 1);
    const Text text = given.textOr(0, "");
    in.run().step(text.size() / 16);
    return makeString(in.run(), derived(change(text.bytes()), text));
}

Value capitalize(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "capitalize", arguments, {"s"}, 1);
    return makeString(in.run(), capitalized(given.textOr(0, "")));
}

/// A word begins at the start, and after white space or one of -({[< .
std::string titled(std::string_view text) {
    std::string out;
    bool wordStart = true;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        if (!c.valid) {
            out += text[at];
        } else {
            wordStart ? appendUpper(out, c.value) : appendLower(out, c.value);
        }
        wordStart = isSpace(c.value) || (c.value < 0x80 && std::string_view("-({[<").find(static_cast<char>(c.value)) !=
                                                               std::string_view::npos);
        at += c.size;
    }
    return out;
}

Value trim(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "trim", arguments, {"value", "chars"}, 1);
    const bool some = given.has(1) && !given[1].isNone();
    return makeString(in.run(), strip(in.run(), given.textOr(0, ""), Side::both,
                                      some ? std::optional(given.string(1).bytes()) : std::nullopt));
}

Value replace(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "replace", arguments, {"s", "old", "new", "count"}, 3);
    const Int limit = given.has(3) && !given[3].isNone() ? given.integerOr(3, -1) : Int{-1};
    Text text = replaceAll(in.run(), given.textOr(0, ""), given.textOr(1, ""), given.textOr(2, ""), limit);
    return makeString(in.run(), std::move(text));
}

Value string(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "string", arguments, {"object"}, 1);
    return makeString(in.run(), given.textOr(0, ""));
}

Value format(Interpreter& in, CallArguments& arguments) {
    if (arguments.positional.size() > 1 && !arguments.keyword.empty()) {
        in.run().fail(FailKind::type, "can't handle positional and keyword arguments at the same time");
    }
    const Text text = toText(in.run(), arguments.positional.front());
    if (!arguments.keyword.empty()) {
        std::vector<std::pair<Value, Value>> named;
        for (auto& [name, value] : arguments.keyword) {
            named.emplace_back(makeString(in.run(), name), std::move(value));
        }
        return formatPercent(in.run(), text, makeDict(in.run(), std::move(named)));
    }
    arguments.positional.erase(arguments.positional.begin());
    return formatPercent(in.run(), text, makeSequence(in.run(), std::move(arguments.positional), Flavor::tuple));
}

Value indent(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "indent", arguments, {"s", "width", "first", "blank"}, 1);
    Run& run = in.run();
    const bool named = given.has(1) && given[1].isString();
    const auto width = static_cast<std::size_t>(std::clamp<Int>(named ? 0 : given.integerOr(1, 4), 0, Int{1} << 40));
    const Text margin = named ? given[1].text() : padded(run, {}, width, 0);
    const bool first = given.flagOr(2, false);
    const bool blank = given.flagOr(3, false);
    Text text = given.textOr(0, "");
    text.append("\n");  // as Jinja does: a text that ends in a line break keeps it
    const std::vector<Text> lines = splitLines(run, text);
    Text out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        run.allowText(out.size() + margin.size() + lines[i].size());
        run.allocate(margin.size() + lines[i].size());
        if (i > 0) {
            out.append("\n");
        }
        if ((i == 0 && first) || (i > 0 && (blank || !lines[i].empty()))) {
            out.append(margin);
        }
        out.append(lines[i]);
    }
    return makeString(run, std::move(out));
}

Value center(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "center", arguments, {"value", "width"}, 1);
    const Value text = makeString(in.run(), given.textOr(0, ""));
    const Int missing = std::max<Int>(given.integerOr(1, 80) - static_cast<Int>(text.string().length), 0);
    const auto total = static_cast<std::size_t>(std::min<Int>(missing, Int{1} << 40));
    const std::size_t left = total / 2 + (total & (total + text.string().length) & 1);
    return makeString(in.run(), padded(in.run(), text.text(), left, total - left));
}

Value truncate(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "truncate", arguments, {"s", "length", "killwords", "end", "leeway"}, 1);
    const Value text = makeString(in.run(), given.textOr(0, ""));
    const Value end = makeString(in.run(), given.textOr(3, "..."));
    const Int length = given.integerOr(1, 255);
    const Int leeway = given.has(4) && !given[4].isNone() ? given.integerOr(4, 5) : Int{5};
    const auto endLength = static_cast<Int>(end.string().length);
    if (length < endLength || leeway < 0) {
        in.run().fail(FailKind::value,
                      "expected length >= " + formatInteger(endLength) + ", got " + formatInteger(length));
    }
    if (static_cast<Int>(text.string().length) <= addChecked(in.run(), length, leeway)) {
        return text;
    }
    const std::size_t cut = byteOffset(text.bytes(), static_cast<std::size_t>(length - endLength));
    Text out = text.text().slice(0, cut);
    if (!given.flagOr(2, false)) {
        const std::size_t space = out.bytes().rfind(' ');
        out = out.slice(0, space == std::string::npos ? out.size() : space);
    }
    out.append(end.text());
    return makeString(in.run(), std::move(out));
}

Value wordCount(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "wordcount", arguments, {"s"}, 1);
    const Text text = given.textOr(0, "");
    Int words = 0;
    bool inWord = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text.bytes(), at);
        const bool letter = c.value == '_' || isAlphabetic(c.value) || isDecimal(c.value);
        words += letter && !inWord ? 1 : 0;
        inWord = letter;
        at += c.size;
    }
    return Value(words);
}

/// One line of the text in pieces of at most `width`, broken at spaces, and inside longer words where allowed.
std::vector<Text> wrapLine(Run& run, const Text& line, std::size_t width, bool breakWords) {
    std::vector<Text> out;
    Text current;
    std::size_t length = 0;
    for (std::size_t at = 0; at < line.size();) {
        const bool space = isSpace(decodeAt(line.bytes(), at).value);
        std::size_t end = at;
        std::size_t chunk = 0;
        while (end < line.size() && isSpace(decodeAt(line.bytes(), end).value) == space) {
            end += decodeAt(line.bytes(), end).size;
            ++chunk;
        }
        if (!space && length + chunk > width && length > 0) {
            const bool splits = breakWords && chunk > width && length < width;
            if (!splits) {
                out.push_back(strip(run, current, Side::right));
                current = {};
                length = 0;
            }
        }
        while (!space && breakWords && chunk > width - std::min(length, width)) {
            const std::size_t room = width - std::min(length, width);
            const std::size_t size = byteOffset(std::string_view(line.bytes()).substr(at), room);
            current.append(line.slice(at, at + size));
            out.push_back(std::exchange(current, {}));
            at += size;
            chunk -= room;
            length = 0;
        }
        if (!space || !out.empty() || !current.empty() || at == 0) {
            const bool dropped = space && current.empty() && !out.empty();
            if (!dropped) {
                current.append(line.slice(at, end));
                length += chunk;
            }
        }
        at = end;
    }
    current = strip(run, current, Side::right);
    if (!current.empty() || out.empty()) {
        out.push_back(std::move(current));
    }
    return out;
}

Value wordWrap(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "wordwrap", arguments,
                           {"s", "width", "break_long_words", "wrapstring", "break_on_hyphens"}, 1);
    const Int width = given.integerOr(1, 79);
    if (width < 1) {
        in.run().fail(FailKind::value, "invalid width " + formatInteger(width) + " (must be > 0)");
    }
    const bool separator = given.has(3) && !given[3].isNone();
    std::vector<Text> lines;
    for (const Text& line : splitLines(in.run(), given.textOr(0, ""))) {
        in.run().step(1 + line.size() / 16);
        for (Text& piece :
             wrapLine(in.run(), line, static_cast<std::size_t>(std::min<Int>(width, 1 << 30)), given.flagOr(2, true))) {
            lines.push_back(std::move(piece));
        }
    }
    return makeString(in.run(), joinTexts(in.run(), lines, separator ? given.textOr(3, "\n") : Text("\n")));
}

Value toJsonFilter(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "tojson", arguments, {"x", "ensure_ascii", "indent", "separators", "sort_keys"},
                           1);
    JsonStyle style;
    style.ensureAscii = given.flagOr(1, false);
    style.sortKeys = given.flagOr(4, false);
    if (given.has(2) && given[2].isString()) {
        style.indent = given[2].bytes();
    } else if (given.has(2) && !given[2].isNone()) {
        style.indent = std::string(static_cast<std::size_t>(std::clamp<Int>(given.integerOr(2, 0), 0, 1000)), ' ');
    }
    if (style.indent) {
        style.itemSeparator = ",";
    }
    if (given.has(3) && !given[3].isNone()) {
        const std::vector<Value> pair = elementsOf(in.run(), given[3]);
        if (pair.size() != 2 || !pair[0].isString() || !pair[1].isString()) {
            in.run().fail(FailKind::type, "separators must be a pair of strings");
        }
        style.itemSeparator = pair[0].bytes();
        style.keySeparator = pair[1].bytes();
    }
    return makeString(in.run(), toJson(in.run(), requireDefined(in.run(), given[0]), style));
}

Value pprint(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "pprint", arguments, {"value"}, 1);
    return makeString(in.run(), reprText(in.run(), given[0]));
}

constexpr Builtin kFilters[] = {
    {"capitalize", &capitalize},     {"center", &center},       {"format", &format},     {"indent", &indent},
    {"lower", &changeCase<toLower>}, {"pprint", &pprint},       {"replace", &replace},   {"string", &string},
    {"title", &changeCase<titled>},  {"tojson", &toJsonFilter}, {"trim", &trim},         {"truncate", &truncate},
    {"upper", &changeCase<toUpper>}, {"wordcount", &wordCount}, {"wordwrap", &wordWrap},
};

}  // namespace

std::span<const Builtin> textFilters() {
    return kFilters;
}

}  // namespace lares::inference::jinja
