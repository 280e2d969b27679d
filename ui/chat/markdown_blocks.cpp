#include "ui/chat/markdown_blocks.h"

#include "ui/chat/markdown_builder.h"
#include "ui/chat/markdown_source.h"

namespace lares::ui {
namespace {

constexpr QStringView kThinkOpen = u"<think>";
constexpr QStringView kThinkClose = u"</think>";

struct Sections {
    bool hasThinking = false;
    bool closed = true;
    QStringView thinking, answer;
};

QStringView withoutTagPrefix(QStringView text, QStringView tag) {
    for (qsizetype length = qMin(tag.size() - 1, text.size()); length > 0; --length) {
        if (text.endsWith(tag.first(length))) return text.chopped(length);
    }
    return text;
}

// Models think first: the section opens the answer. Some templates write the opening tag themselves, so an end tag
// alone on its line is enough.
Sections splitThinking(QStringView text, TextEnd end) {
    Sections sections;
    const QStringView content = text.trimmed();
    if (end == TextEnd::growing && content.size() < kThinkOpen.size() && kThinkOpen.startsWith(content))
        return sections;
    qsizetype from = 0, close = -1;
    if (content.startsWith(kThinkOpen)) {
        from = text.indexOf(kThinkOpen) + kThinkOpen.size();
        close = text.indexOf(kThinkClose, from);
        sections.hasThinking = true;
    } else {
        for (qsizetype at = text.indexOf(kThinkClose); at >= 0 && close < 0; at = text.indexOf(kThinkClose, at + 1)) {
            const qsizetype after = at + kThinkClose.size();
            const bool startsLine = at == 0 || text[at - 1] == u'\n';
            if (startsLine && (after == text.size() || text[after] == u'\n')) close = at;
        }
        sections.hasThinking = close >= 0;
    }
    if (!sections.hasThinking) {
        sections.answer = text;
        return sections;
    }
    sections.closed = close >= 0;
    sections.thinking = (sections.closed ? text.sliced(from, close - from) : text.sliced(from));
    if (!sections.closed && end == TextEnd::growing)
        sections.thinking = withoutTagPrefix(sections.thinking, kThinkClose);
    sections.thinking = sections.thinking.trimmed();
    if (sections.closed) sections.answer = text.sliced(close + kThinkClose.size());
    return sections;
}

template <typename Callback>
int called(Callback callback) {
    callback();
    return 0;
}

void parseMarkdown(QStringView markdown, QVector<Block>& blocks) {
    const MarkdownSource source = prepareMarkdown(markdown);
    MarkdownBuilder builder(source);
    MD_PARSER parser{};
    parser.flags =
        MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML | MD_FLAG_PERMISSIVEURLAUTOLINKS;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) {
        return called([&] { static_cast<MarkdownBuilder*>(self)->enterBlock(type, detail); });
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) {
        return called([&] { static_cast<MarkdownBuilder*>(self)->leaveBlock(type); });
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) {
        return called([&] { static_cast<MarkdownBuilder*>(self)->enterSpan(type, detail); });
    };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* self) {
        return called([&] { static_cast<MarkdownBuilder*>(self)->leaveSpan(type); });
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
        return called([&] { static_cast<MarkdownBuilder*>(self)->text(type, QByteArrayView(text, qsizetype(size))); });
    };
    md_parse(source.utf8.constData(), MD_SIZE(source.utf8.size()), &parser, &builder);
    blocks += builder.takeBlocks();
}

}  // namespace

QVector<Block> parseBlocks(QStringView markdown, TextEnd end) {
    const Sections sections = splitThinking(markdown, end);
    QVector<Block> blocks;
    if (sections.hasThinking && !sections.thinking.isEmpty()) {
        Block thinking;
        thinking.kind = Block::Kind::thinking;
        thinking.text = sections.thinking.toString();
        thinking.closed = sections.closed || end == TextEnd::complete;
        blocks += thinking;
    }
    parseMarkdown(end == TextEnd::growing ? withoutUnfinishedLine(sections.answer) : sections.answer, blocks);
    return blocks;
}

QString withoutThinking(QStringView markdown) {
    return splitThinking(markdown, TextEnd::complete).answer.trimmed().toString();
}

QString escapedHtml(QStringView text) {
    QString out;
    out.reserve(text.size() + text.size() / 8);
    qsizetype plain = 0;
    const auto replace = [&](qsizetype at, QLatin1String with) {
        out += text.sliced(plain, at - plain);
        out += with;
        plain = at + 1;
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        switch (text[i].unicode()) {
            case u'<':
                replace(i, QLatin1String("&lt;"));
                break;
            case u'>':
                replace(i, QLatin1String("&gt;"));
                break;
            case u'&':
                replace(i, QLatin1String("&amp;"));
                break;
            case u'"':
                replace(i, QLatin1String("&quot;"));
                break;
            case u'\n':
                replace(i, QLatin1String("<br>"));
                break;
            default:
                break;
        }
    }
    out += text.sliced(plain);
    return out;
}

bool isSafeLink(QStringView url) {
    // By hand: this runs for every link at every update of a growing answer, and QUrl would take most of its time.
    for (QChar c : url) {
        if (c.unicode() <= 0x20 || c.unicode() == 0x7F) return false;
    }
    const auto after = [&](QStringView scheme) {
        return url.startsWith(scheme, Qt::CaseInsensitive) ? url.sliced(scheme.size()) : QStringView();
    };
    if (!after(u"mailto:").isEmpty()) return true;
    const QStringView https = after(u"https://");
    const QStringView rest = https.isEmpty() ? after(u"http://") : https;
    return !rest.isEmpty() && !QStringView(u"/\\?#:@").contains(rest.front());
}

}  // namespace lares::ui
