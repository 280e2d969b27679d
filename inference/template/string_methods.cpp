// The methods of Python's str.
#include "inference/template/format.h"
#include "inference/template/methods.h"
#include "inference/template/text_operations.h"
#include "inference/template/unicode.h"

#include <algorithm>

namespace lares::inference::jinja {

namespace {

constexpr auto npos = std::string::npos;

const Text& self(const CallArguments& arguments) {
    return arguments.positional.front().text();
}

/// A string result of a method of `of`: Markup stays Markup.
Value result(Interpreter& in, Text text, const Text& of) {
    text.markup = of.markup;
    return makeString(in.run(), std::move(text));
}

Value textList(Interpreter& in, std::vector<Text> parts, Flavor flavor = Flavor::list) {
    std::vector<Value> values;
    for (Text& part : parts) {
        values.push_back(makeString(in.run(), std::move(part)));
    }
    return makeSequence(in.run(), std::move(values), flavor);
}

template <Side side>
Value stripMethod(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "strip", arguments, {"self", "chars"}, 1);
    const bool some = given.has(1) && !given[1].isNone();
    return result(in, strip(in.run(), text, side, some ? std::optional(given.string(1).bytes()) : std::nullopt), text);
}

Value split(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "split", arguments, {"self", "sep", "maxsplit"}, 1);
    const Int limit = given.integerOr(2, -1);
    if (!given.has(1) || given[1].isNone()) {
        return textList(in, splitWords(in.run(), text, limit));
    }
    const std::string& separator = given.string(1).bytes();
    if (separator.empty()) {
        in.run().fail(FailKind::value, "empty separator");
    }
    in.run().search(text.size(), separator.size());
    std::vector<Text> parts;
    std::size_t at = 0;
    for (std::size_t found;
         (limit < 0 || static_cast<Int>(parts.size()) < limit) && (found = text.bytes().find(separator, at)) != npos;
         at = found + separator.size()) {
        in.run().step();
        parts.push_back(text.slice(at, found));
    }
    parts.push_back(text.slice(at, text.size()));
    return textList(in, std::move(parts));
}

std::vector<Text> splitWordsFromRight(Run& run, const Text& text, Int limit) {
    std::vector<Text> words = splitWords(run, text);
    if (limit < 0 || static_cast<Int>(words.size()) <= limit) {
        return words;
    }
    // The last `limit` words stay apart; what is before them stays one piece.
    Text rest = strip(run, text, Side::right);
    std::vector<Text> kept;
    for (Int i = 0; i < limit; ++i) {
        const Text& word = words[words.size() - 1 - static_cast<std::size_t>(i)];
        kept.insert(kept.begin(), word);
        rest = strip(run, rest.slice(0, rest.size() - word.size()), Side::right);
    }
    kept.insert(kept.begin(), strip(run, rest, Side::left));
    return kept;
}

Value rsplit(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "rsplit", arguments, {"self", "sep", "maxsplit"}, 1);
    const Int limit = given.integerOr(2, -1);
    if (!given.has(1) || given[1].isNone()) {
        return textList(in, splitWordsFromRight(in.run(), text, std::min<Int>(limit, 100'000)));
    }
    const std::string& separator = given.string(1).bytes();
    if (separator.empty()) {
        in.run().fail(FailKind::value, "empty separator");
    }
    in.run().search(text.size(), separator.size());
    std::vector<Text> parts;
    std::size_t end = text.size();
    while ((limit < 0 || static_cast<Int>(parts.size()) < limit) && end >= separator.size()) {
        const std::size_t found = text.bytes().rfind(separator, end - separator.size());
        if (found == npos) {
            break;
        }
        in.run().step();
        parts.push_back(text.slice(found + separator.size(), end));
        end = found;
    }
    parts.push_back(text.slice(0, end));
    std::reverse(parts.begin(), parts.end());
    return textList(in, std::move(parts));
}

template <bool fromRight>
Value partition(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "partition", arguments, {"self", "sep"}, 2);
    const Text& separator = given.string(1);
    if (separator.empty()) {
        in.run().fail(FailKind::value, "empty separator");
    }
    in.run().search(text.size(), separator.size());
    const std::size_t found = fromRight ? text.bytes().rfind(separator.bytes()) : text.bytes().find(separator.bytes());
    if (found == npos) {
        return textList(in,
                        fromRight ? std::vector<Text>{Text(), Text(), text} : std::vector<Text>{text, Text(), Text()},
                        Flavor::tuple);
    }
    const std::size_t after = found + separator.size();
    return textList(in, {text.slice(0, found), text.slice(found, after), text.slice(after, text.size())},
                    Flavor::tuple);
}

Value splitlines(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "splitlines", arguments, {"self", "keepends"}, 1);
    return textList(in, splitLines(in.run(), text, given.flagOr(1, false)));
}

Value replace(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "replace", arguments, {"self", "old", "new", "count"}, 3);
    return result(in, replaceAll(in.run(), text, given.string(1), given.string(2), given.integerOr(3, -1)), text);
}

/// The part of the text that optional start and end arguments leave, in bytes.
struct Window {
    std::size_t begin = 0, end = 0;
    bool possible = true;  ///< false: start lies behind the end, nothing is found there, not even nothing
};

Window window(Interpreter& in, const Value& of, const Parameters& given, std::size_t startIndex) {
    const auto length = static_cast<Int>(of.string().length);
    const auto place = [&](std::size_t index, Int fallback) {
        const Int value = given.has(index) && !given[index].isNone() ? given.integerOr(index, 0) : fallback;
        return std::max<Int>(value < 0 ? value + length : value, 0);
    };
    const Int start = place(startIndex, 0);
    const Int end = std::min(place(startIndex + 1, length), length);
    if (start > end) {
        return {0, 0, false};
    }
    in.run().step(of.text().size() / 64);
    return {byteOffset(of.bytes(), static_cast<std::size_t>(start)),
            byteOffset(of.bytes(), static_cast<std::size_t>(end)), true};
}

enum class Search { find, rfind, index, rindex };

template <Search search>
Value find(Interpreter& in, CallArguments& arguments) {
    const Value text = arguments.positional.front();
    const Parameters given(in.run(), "find", arguments, {"self", "sub", "start", "end"}, 2);
    const std::string& needle = given.string(1).bytes();
    const Window part = window(in, text, given, 2);
    const std::string_view view = std::string_view(text.bytes()).substr(part.begin, part.end - part.begin);
    const bool right = search == Search::rfind || search == Search::rindex;
    in.run().search(view.size(), needle.size());
    const std::size_t found = !part.possible ? npos : right ? view.rfind(needle) : view.find(needle);
    if (found != npos) {
        return Value(static_cast<Int>(countCodePoints(std::string_view(text.bytes()).substr(0, part.begin + found))));
    }
    if (search == Search::index || search == Search::rindex) {
        in.run().fail(FailKind::value, "substring not found");
    }
    return Value::integer(-1);
}

Value count(Interpreter& in, CallArguments& arguments) {
    const Value text = arguments.positional.front();
    const Parameters given(in.run(), "count", arguments, {"self", "sub", "start", "end"}, 2);
    const std::string& needle = given.string(1).bytes();
    const Window part = window(in, text, given, 2);
    const std::string_view view = std::string_view(text.bytes()).substr(part.begin, part.end - part.begin);
    if (!part.possible) {
        return Value::integer(0);
    }
    if (needle.empty()) {
        return Value(static_cast<Int>(countCodePoints(view) + 1));
    }
    in.run().search(view.size(), needle.size());
    Int hits = 0;
    for (std::size_t at = view.find(needle); at != npos; at = view.find(needle, at + needle.size())) {
        in.run().step();
        ++hits;
    }
    return Value(hits);
}

template <bool atEnd>
Value startsOrEndsWith(Interpreter& in, CallArguments& arguments) {
    const Value text = arguments.positional.front();
    const char* name = atEnd ? "endswith" : "startswith";
    const Parameters given(in.run(), name, arguments, {"self", "prefix", "start", "end"}, 2);
    const Window part = window(in, text, given, 2);
    const std::string_view view = std::string_view(text.bytes()).substr(part.begin, part.end - part.begin);
    const auto fits = [&](const Value& affix) {
        if (!requireDefined(in.run(), affix).isString()) {
            in.run().fail(FailKind::type,
                          std::string(name) + " first arg must be str or a tuple of str, not " + typeName(affix));
        }
        return part.possible && (atEnd ? view.ends_with(affix.bytes()) : view.starts_with(affix.bytes()));
    };
    if (given[1].isFlavor(Flavor::tuple)) {
        const auto& affixes = given[1].sequence().items;
        return std::any_of(affixes.begin(), affixes.end(), fits);
    }
    return fits(given[1]);
}

template <bool atEnd>
Value removeAffix(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "removeprefix", arguments, {"self", "affix"}, 2);
    const std::string& affix = given.string(1).bytes();
    if (atEnd ? !text.bytes().ends_with(affix) : !text.bytes().starts_with(affix)) {
        return makeString(in.run(), text);
    }
    return makeString(in.run(),
                      atEnd ? text.slice(0, text.size() - affix.size()) : text.slice(affix.size(), text.size()));
}

Value join(Interpreter& in, CallArguments& arguments) {
    const Text separator = self(arguments);
    const Parameters given(in.run(), "join", arguments, {"self", "iterable"}, 2);
    std::vector<Text> parts;
    for (const Value& element : elementsOf(in.run(), requireDefined(in.run(), given[1]))) {
        if (!element.isString()) {
            in.run().fail(FailKind::type, "sequence item " + std::to_string(parts.size()) +
                                              ": expected str instance, " + typeName(element) + " found");
        }
        parts.push_back(element.text());
    }
    return result(in, joinTexts(in.run(), parts, separator), separator);
}

template <std::string (*change)(std::string_view)>
Value changeCase(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "upper", arguments, {"self"}, 1);
    in.run().step(text.size() / 16);
    return makeString(in.run(), derived(change(text.bytes()), text));
}

std::string titled(std::string_view text) {
    std::string out;
    bool inWord = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        if (c.valid) {
            inWord ? appendLower(out, c.value) : appendTitle(out, c.value);
        } else {
            out += text[at];
        }
        inWord = c.valid && (isUpper(c.value) || isLower(c.value));
        at += c.size;
    }
    return out;
}

std::string swapped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        if (!c.valid) {
            out += text[at];
        } else {
            isUpper(c.value) ? appendLower(out, c.value) : appendUpper(out, c.value);
        }
        at += c.size;
    }
    return out;
}

Value capitalize(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "capitalize", arguments, {"self"}, 1);
    return makeString(in.run(), capitalized(text));
}

enum class Adjust { left, right, center };

template <Adjust adjust>
Value justify(Interpreter& in, CallArguments& arguments) {
    const Value text = arguments.positional.front();
    const Parameters given(in.run(), "ljust", arguments, {"self", "width", "fillchar"}, 2);
    const Int missing = std::max<Int>(given.integerOr(1, 0) - static_cast<Int>(text.string().length), 0);
    const std::string fill = given.has(2) ? given.string(2).bytes() : " ";
    const auto total = static_cast<std::size_t>(std::min<Int>(missing, Int{1} << 40));
    // Python's centre leans left when text and width are both odd or the width is.
    const std::size_t width = total + text.string().length;
    const std::size_t left = adjust == Adjust::left    ? 0
                             : adjust == Adjust::right ? total
                                                       : total / 2 + (total & width & 1);
    return result(in, padded(in.run(), text.text(), left, total - left, fill), text.text());
}

Value zfill(Interpreter& in, CallArguments& arguments) {
    const Value text = arguments.positional.front();
    const Parameters given(in.run(), "zfill", arguments, {"self", "width"}, 2);
    const Int missing = std::max<Int>(given.integerOr(1, 0) - static_cast<Int>(text.string().length), 0);
    const std::size_t sign = text.bytes().starts_with('-') || text.bytes().starts_with('+') ? 1 : 0;
    Text out = text.text().slice(0, sign);
    out.append(padded(in.run(), text.text().slice(sign, text.text().size()),
                      static_cast<std::size_t>(std::min<Int>(missing, Int{1} << 40)), 0, "0"));
    return makeString(in.run(), std::move(out));
}

Value expandtabs(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "expandtabs", arguments, {"self", "tabsize"}, 1);
    const auto size = static_cast<std::size_t>(std::clamp<Int>(given.integerOr(1, 8), 0, 1000));
    Text out;
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text.bytes(), at);
        if (c.value == '\t') {
            const std::size_t width = size == 0 ? 0 : size - column % size;
            out.append(std::string(width, ' '), text.fromUserAt(at));
            column += width;
        } else {
            out.append(text.slice(at, at + c.size));
            column = c.value == '\n' || c.value == '\r' ? 0 : column + 1;
        }
        in.run().allowText(out.size());
        at += c.size;
    }
    return result(in, std::move(out), text);
}

/// Whether there are characters and all satisfy the condition.
template <bool (*holds)(char32_t)>
Value allAre(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "isalpha", arguments, {"self"}, 1);
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text.bytes(), at);
        if (!holds(c.value)) {
            return false;
        }
        at += c.size;
    }
    return !text.empty();
}

bool isAlphanumeric(char32_t c) {
    return isAlphabetic(c) || isDecimal(c);
}

template <bool (*allowed)(char32_t), bool (*refused)(char32_t)>
Value casedAs(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "isupper", arguments, {"self"}, 1);
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text.bytes(), at);
        if (refused(c.value)) {
            return false;
        }
        any = any || allowed(c.value);
        at += c.size;
    }
    return any;
}

Value istitle(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    const Parameters given(in.run(), "istitle", arguments, {"self"}, 1);
    const bool cased = toUpper(text.bytes()) != toLower(text.bytes());
    return cased && titled(text.bytes()) == text.bytes();
}

Value isascii(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "isascii", arguments, {"self"}, 1);
    return given[0].string().ascii();
}

Value isprintable(Interpreter& in, CallArguments& arguments) {
    const bool empty = self(arguments).empty();
    return empty || isTrue(allAre<isPrintable>(in, arguments));
}

bool isIdentifierCharacter(char32_t c) {
    return c == '_' || isAlphanumeric(c);
}

Value isidentifier(Interpreter& in, CallArguments& arguments) {
    const Text text = self(arguments);
    return !text.empty() && !isDecimal(decodeAt(text.bytes(), 0).value) &&
           isTrue(allAre<isIdentifierCharacter>(in, arguments));
}

/// Templates have no use for bytes; the text stands for them.
Value encode(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "encode", arguments, {"self", "encoding", "errors"}, 1);
    return given[0];
}

constexpr Builtin kMethods[] = {
    {"capitalize", &capitalize},
    {"casefold", &changeCase<toLower>},
    {"center", &justify<Adjust::center>},
    {"count", &count},
    {"encode", &encode},
    {"endswith", &startsOrEndsWith<true>},
    {"expandtabs", &expandtabs},
    {"find", &find<Search::find>},
    {"format", &formatBraces},
    {"index", &find<Search::index>},
    {"isalnum", &allAre<isAlphanumeric>},
    {"isalpha", &allAre<isAlphabetic>},
    {"isascii", &isascii},
    {"isdecimal", &allAre<isDecimal>},
    {"isdigit", &allAre<isDecimal>},
    {"isidentifier", &isidentifier},
    {"islower", &casedAs<isLower, isUpper>},
    {"isnumeric", &allAre<isDecimal>},
    {"isprintable", &isprintable},
    {"isspace", &allAre<isSpace>},
    {"istitle", &istitle},
    {"isupper", &casedAs<isUpper, isLower>},
    {"join", &join},
    {"ljust", &justify<Adjust::left>},
    {"lower", &changeCase<toLower>},
    {"lstrip", &stripMethod<Side::left>},
    {"partition", &partition<false>},
    {"removeprefix", &removeAffix<false>},
    {"removesuffix", &removeAffix<true>},
    {"replace", &replace},
    {"rfind", &find<Search::rfind>},
    {"rindex", &find<Search::rindex>},
    {"rjust", &justify<Adjust::right>},
    {"rpartition", &partition<true>},
    {"rsplit", &rsplit},
    {"rstrip", &stripMethod<Side::right>},
    {"split", &split},
    {"splitlines", &splitlines},
    {"startswith", &startsOrEndsWith<false>},
    {"strip", &stripMethod<Side::both>},
    {"swapcase", &changeCase<swapped>},
    {"title", &changeCase<titled>},
    {"upper", &changeCase<toUpper>},
    {"zfill", &zfill},
};

}  // namespace

std::span<const Builtin> stringMethods() {
    return kMethods;
}

}  // namespace lares::inference::jinja
