// Filters for HTML and URLs. Templates use few of them (safe, escape), and some by mistake; they mean what Jinja means.
#include "inference/template/filters.h"
#include "inference/template/print.h"
#include "inference/template/text_operations.h"
#include "inference/template/unicode.h"

#include <algorithm>

namespace lares::inference::jinja {

namespace {

Value escape(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "escape", arguments, {"value"}, 1);
    return makeString(in.run(), escapeHtml(given.textOr(0, "")));
}

Value forceEscape(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "forceescape", arguments, {"value"}, 1);
    Text text = given.textOr(0, "");
    text.markup = false;
    return makeString(in.run(), escapeHtml(text));
}

Value safe(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "safe", arguments, {"value"}, 1);
    Text text = given.textOr(0, "");
    text.markup = true;
    return makeString(in.run(), std::move(text));
}

std::string withoutTags(const std::string& html) {
    std::string out;
    for (std::size_t at = 0; at < html.size();) {
        const bool comment = html.compare(at, 4, "<!--") == 0;
        const std::size_t end = html[at] != '<' ? std::string::npos
                                : comment       ? html.find("-->", at)
                                                : html.find('>', at);
        if (end == std::string::npos) {
            out += html[at++];
        } else {
            at = end + (comment ? 3 : 1);
        }
    }
    return out;
}

std::string unescapeHtml(std::string text) {
    static constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
        {"&lt;", "<"},  {"&gt;", ">"},        {"&#34;", "\""}, {"&quot;", "\""},
        {"&#39;", "'"}, {"&nbsp;", "\u00A0"}, {"&amp;", "&"}};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto* entity = std::find_if(std::begin(kEntities), std::end(kEntities), [&](const auto& e) {
            return text.compare(at, e.first.size(), e.first) == 0;
        });
        if (entity == std::end(kEntities)) {
            out += text[at++];
        } else {
            out += entity->second;
            at += entity->first.size();
        }
    }
    return out;
}

Value stripTags(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "striptags", arguments, {"value"}, 1);
    const Text text = given.textOr(0, "");
    in.run().step(text.size() / 4);
    const Text plain = derived(unescapeHtml(withoutTags(text.bytes())), text);
    Text out = joinTexts(in.run(), splitWords(in.run(), plain), " ");
    out.markup = false;
    return makeString(in.run(), std::move(out));
}

Value xmlAttributes(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "xmlattr", arguments, {"d", "autospace"}, 1);
    if (!given[0].isDict()) {
        in.run().fail(FailKind::type, "xmlattr needs a mapping, not " + typeName(given[0]));
    }
    Text out;
    for (const auto& [key, value] : given[0].dict().entries) {
        if (value.isNone() || value.isUndefined()) {
            continue;
        }
        const Text name = toText(in.run(), key);
        const bool bad = std::any_of(name.bytes().begin(), name.bytes().end(), [](char c) {
            return isSpace(static_cast<unsigned char>(c)) || c == '/' || c == '>' || c == '=';
        });
        if (bad) {
            in.run().fail(FailKind::value, "Invalid character in attribute name");
        }
        out.append(out.empty() ? "" : " ");
        out.append(escapeHtml(name));
        out.append("=\"");
        out.append(escapeHtml(toText(in.run(), value)));
        out.append("\"");
    }
    Text spaced(!out.empty() && given.flagOr(1, true) ? " " : "");
    spaced.append(out);
    spaced.markup = true;
    return makeString(in.run(), std::move(spaced));
}

std::string urlQuoted(std::string_view text, bool query) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || std::string_view("-_.~").find(c) != std::string_view::npos || (c == '/' && !query)) {
            out += c;
        } else if (c == ' ' && query) {
            out += '+';
        } else {
            out += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return out;
}

Value urlEncode(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "urlencode", arguments, {"value"}, 1);
    if (given[0].isString() || (!given[0].isDict() && !given[0].isSequence())) {
        const Text text = given.textOr(0, "");
        return makeString(in.run(), derived(urlQuoted(text.bytes(), false), text));
    }
    std::vector<std::pair<Value, Value>> pairs;
    if (given[0].isDict()) {
        pairs = given[0].dict().entries;
    } else {
        for (const Value& element : elementsOf(in.run(), given[0])) {
            const std::vector<Value> pair = elementsOf(in.run(), element);
            if (pair.size() != 2) {
                in.run().fail(FailKind::value, "urlencode needs pairs");
            }
            pairs.emplace_back(pair[0], pair[1]);
        }
    }
    Text out;
    for (const auto& [key, value] : pairs) {
        const Text name = toText(in.run(), key);
        const Text text = toText(in.run(), value);
        out.append(out.empty() ? "" : "&");
        out.append(derived(urlQuoted(name.bytes(), true), name));
        out.append("=");
        out.append(derived(urlQuoted(text.bytes(), true), text));
    }
    return makeString(in.run(), std::move(out));
}

constexpr Builtin kFilters[] = {
    {"e", &escape},
    {"escape", &escape},
    {"forceescape", &forceEscape},
    {"safe", &safe},
    {"striptags", &stripTags},
    {"urlencode", &urlEncode},
    {"xmlattr", &xmlAttributes},
};

}  // namespace

std::span<const Builtin> markupFilters() {
    return kFilters;
}

}  // namespace lares::inference::jinja
