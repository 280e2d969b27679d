#include "inference/template/text_operations.h"

#include "inference/template/unicode.h"

namespace lares::inference::jinja {

Text strip(Run& run, const Text& text, Side side, const std::optional<std::string>& characters) {
    const std::string& bytes = text.bytes();
    run.step(characters ? bytes.size() * characters->size() / 64 : bytes.size() / 16);
    const auto drops = [&](std::size_t at, std::size_t size) {
        return characters ? characters->find(bytes.substr(at, size)) != std::string::npos
                          : isSpace(decodeAt(bytes, at).value);
    };
    std::size_t begin = 0;
    std::size_t end = bytes.size();
    while (side != Side::right && begin < end && drops(begin, decodeAt(bytes, begin).size)) {
        begin += decodeAt(bytes, begin).size;
    }
    while (side != Side::left && begin < end) {
        const std::size_t last = previousOffset(bytes, end);
        if (!drops(last, end - last)) {
            break;
        }
        end = last;
    }
    return text.slice(begin, end);
}

Text replaceAll(Run& run, const Text& text, const Text& from, const Text& to, Int limit) {
    const std::string& bytes = text.bytes();
    Text out;
    std::size_t at = 0;
    run.search(bytes.size(), from.size());
    for (Int done = 0; limit < 0 || done < limit; ++done) {
        const std::size_t found = bytes.find(from.bytes(), at);
        if (found == std::string::npos) {
            break;
        }
        run.allowText(out.size() + (found - at) + to.size());
        run.step();
        out.append(text.slice(at, found));
        out.append(to);
        at = found + from.size();
        if (from.empty()) {  // matches before every character and at the end
            if (at == bytes.size()) {
                return out;
            }
            const std::size_t size = decodeAt(bytes, at).size;
            out.append(text.slice(at, at + size));
            at += size;
        }
    }
    out.append(text.slice(at, bytes.size()));
    return out;
}

Text joinTexts(Run& run, const std::vector<Text>& parts, const Text& separator) {
    Text out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        run.allocate(parts[i].size() + separator.size());
        run.allowText(out.size() + parts[i].size() + separator.size());
        if (i > 0) {
            out.append(separator);
        }
        out.append(parts[i]);
    }
    return out;
}

std::vector<Text> splitLines(Run& run, const Text& text, bool keepEnds) {
    std::vector<Text> lines;
    const std::string& bytes = text.bytes();
    std::size_t begin = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const CodePoint c = decodeAt(bytes, at);
        std::size_t next = at + c.size;
        if (c.valid && isLineBreak(c.value)) {
            next += c.value == '\r' && next < bytes.size() && bytes[next] == '\n' ? 1 : 0;
            run.allocate(sizeof(Text) + next - begin);
            lines.push_back(text.slice(begin, keepEnds ? next : at));
            begin = next;
        }
        at = next;
    }
    if (begin < bytes.size()) {
        lines.push_back(text.slice(begin, bytes.size()));
    }
    return lines;
}

std::vector<Text> splitWords(Run& run, const Text& text, Int limit) {
    std::vector<Text> words;
    const std::string& bytes = text.bytes();
    std::size_t at = 0;
    while (true) {
        while (at < bytes.size() && isSpace(decodeAt(bytes, at).value)) {
            at += decodeAt(bytes, at).size;
        }
        if (at == bytes.size()) {
            return words;
        }
        if (limit >= 0 && static_cast<Int>(words.size()) == limit) {
            words.push_back(strip(run, text.slice(at, bytes.size()), Side::right));
            return words;
        }
        const std::size_t begin = at;
        while (at < bytes.size() && !isSpace(decodeAt(bytes, at).value)) {
            at += decodeAt(bytes, at).size;
        }
        run.allocate(sizeof(Text) + at - begin);
        words.push_back(text.slice(begin, at));
    }
}

Text padded(Run& run, const Text& text, std::size_t before, std::size_t after, std::string_view fill) {
    const auto copies = [&](std::size_t count) {
        run.allowText(count > run.limits().textBytes ? count : count * fill.size());
        std::string out;
        for (; count > 0; --count) {
            out += fill;
        }
        return out;
    };
    Text out(copies(before));
    out.append(text);
    out.append(copies(after));
    return out;
}

Text derived(std::string bytes, const Text& from) {
    Text out(std::move(bytes), from.anyFromUser());
    out.markup = from.markup;
    return out;
}

Text capitalized(const Text& text) {
    std::string out;
    std::size_t at = 0;
    if (!text.empty()) {
        const CodePoint first = decodeAt(text.bytes(), 0);
        if (first.valid) {
            appendTitle(out, first.value);
        }
        at = first.valid ? first.size : 0;
    }
    return derived(out + toLower(std::string_view(text.bytes()).substr(at)), text);
}

}  // namespace lares::inference::jinja
