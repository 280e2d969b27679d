#include "ui/chat/markdown_builder.h"

#include "ui/chat/html_entities.h"

#include <QCoreApplication>
#include <QUrl>

namespace lares::ui {
namespace {

constexpr int kDeepest = 12;              // deeper lists and quotes are shown at this depth
constexpr qsizetype kLongestLink = 2000;  // longer targets are shown as text

int shownDepth(qsizetype depth) {
    return int(qMin<qsizetype>(depth, kDeepest));
}

// The host that a link's words claim to be, empty when they are not an address.
QString claimedHost(const QString& words) {
    const QString address = words.trimmed();
    if (address.isEmpty() || address.size() > 300 || address.contains(u' ')) return {};
    if (address.contains(u"://")) return QUrl(address).host();
    const QUrl url(QStringLiteral("https://") + address);
    const QString host = url.host();
    const qsizetype dot = host.lastIndexOf(u'.');
    const bool looksLikeHost = dot > 0 && dot + 2 < host.size() && !address.contains(u'@');
    return looksLikeHost ? host : QString();
}

// What must stand behind the words so that nobody is led astray: another host than the words say, look-alike letters,
// or a name before an @ that looks like the host.
QString warningFor(const QString& words, const QString& target) {
    const bool wordsMayClaim = words.contains(u'.');
    const bool targetMayMislead = target.contains(u'@') || target.contains(u'%') || target.contains(u"xn--") ||
                                  std::any_of(target.begin(), target.end(), [](QChar c) { return c.unicode() > 127; });
    if (!wordsMayClaim && !targetMayMislead) return {};  // nearly always, and QUrl is slow
    const QUrl url(target);
    const QString host = url.host(QUrl::FullyEncoded);
    if (host.isEmpty()) return {};
    const QString claimed = claimedHost(words);
    const auto bare = [](const QString& name) { return name.startsWith(u"www.") ? name.sliced(4) : name; };
    const bool other = !claimed.isEmpty() && bare(claimed.toLower()) != bare(url.host().toLower());
    return other || host.contains(u"xn--") || !url.userInfo().isEmpty() ? host : QString();
}

}  // namespace

MarkdownBuilder::MarkdownBuilder(const MarkdownSource& source)
    : m_source(source), m_linkBudget(4 * source.utf8.size() + 65536) {}

Block MarkdownBuilder::startBlock(Block::Kind kind) const {
    Block block;
    block.kind = kind;
    block.quoteDepth = shownDepth(m_quoteDepth);
    block.listDepth = shownDepth(m_lists.size());
    return block;
}

// Items whose first block is no text (a list, code, a table) get a row of their own for the marker.
void MarkdownBuilder::showPendingMarkers() {
    if (!m_lists.isEmpty() && m_lists.last().markerPending) flushInline(Block::Kind::paragraph);
}

void MarkdownBuilder::flushInline(Block::Kind kind, int level) {
    Block block = startBlock(kind);
    block.level = level;
    block.html = std::exchange(m_html, {});
    block.text = std::exchange(m_text, {});
    if (!m_lists.isEmpty() && m_lists.last().markerPending) {
        List& list = m_lists.last();
        if (kind == Block::Kind::heading) block.html = QStringLiteral("<b>") + block.html + QStringLiteral("</b>");
        block.kind = Block::Kind::listItem;
        block.level = 0;
        block.marker = list.ordered ? QString::number(list.number) + list.delimiter : QStringLiteral("•");
        block.task = list.task;
        list.markerPending = false;
    }
    m_blocks += std::move(block);
}

void MarkdownBuilder::enterBlock(MD_BLOCKTYPE type, const void* detail) {
    // The text of a tight list's item has no paragraph around it: it ends where the next block begins.
    if (!m_inLeaf && !m_text.isEmpty()) flushInline(Block::Kind::paragraph);
    switch (type) {
        case MD_BLOCK_QUOTE:
            showPendingMarkers();
            ++m_quoteDepth;
            break;
        case MD_BLOCK_UL:
            showPendingMarkers();
            m_lists += List{};
            break;
        case MD_BLOCK_OL: {
            showPendingMarkers();
            const auto* list = static_cast<const MD_BLOCK_OL_DETAIL*>(detail);
            m_lists +=
                List{true, list->start - 1, QString(QLatin1Char(list->mark_delimiter)), false, Block::Task::none};
            break;
        }
        case MD_BLOCK_LI: {
            const auto* item = static_cast<const MD_BLOCK_LI_DETAIL*>(detail);
            List& list = m_lists.last();
            ++list.number;
            list.markerPending = true;
            list.task = !item->is_task           ? Block::Task::none
                        : item->task_mark == ' ' ? Block::Task::open
                                                 : Block::Task::done;
            break;
        }
        case MD_BLOCK_HR:
            showPendingMarkers();
            m_blocks += startBlock(Block::Kind::rule);
            break;
        case MD_BLOCK_H:
            m_headingLevel = int(static_cast<const MD_BLOCK_H_DETAIL*>(detail)->level);
            m_inLeaf = true;
            break;
        case MD_BLOCK_P:
            m_inLeaf = true;
            break;
        case MD_BLOCK_CODE:
            showPendingMarkers();
            m_language = attributeText(static_cast<const MD_BLOCK_CODE_DETAIL*>(detail)->lang);
            m_inCode = m_inLeaf = true;
            break;
        case MD_BLOCK_TABLE:
            showPendingMarkers();
            m_table = startBlock(Block::Kind::table);
            m_table.columns = int(static_cast<const MD_BLOCK_TABLE_DETAIL*>(detail)->col_count);
            break;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            m_inCell = m_inLeaf = true;
            if (type == MD_BLOCK_TH) {
                const MD_ALIGN align = static_cast<const MD_BLOCK_TD_DETAIL*>(detail)->align;
                m_table.alignments += align == MD_ALIGN_CENTER  ? Qt::AlignHCenter
                                      : align == MD_ALIGN_RIGHT ? Qt::AlignRight
                                                                : Qt::AlignLeft;
            }
            break;
        default:
            break;
    }
}

void MarkdownBuilder::leaveBlock(MD_BLOCKTYPE type) {
    if (!m_inLeaf && !m_text.isEmpty()) flushInline(Block::Kind::paragraph);
    switch (type) {
        case MD_BLOCK_QUOTE:
            --m_quoteDepth;
            break;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            m_lists.removeLast();
            break;
        case MD_BLOCK_LI:
            showPendingMarkers();
            break;
        case MD_BLOCK_H:
            flushInline(Block::Kind::heading, m_headingLevel);
            m_inLeaf = false;
            break;
        case MD_BLOCK_P:
            flushInline(Block::Kind::paragraph);
            m_inLeaf = false;
            break;
        case MD_BLOCK_CODE: {
            Block code = startBlock(Block::Kind::code);
            code.language = m_language;
            code.text = std::exchange(m_text, {});
            m_html.clear();
            if (code.text.endsWith(u'\n')) code.text.chop(1);
            m_blocks += std::move(code);
            m_inCode = m_inLeaf = false;
            break;
        }
        case MD_BLOCK_TABLE:
            for (qsizetype i = 0; i < m_table.cellTexts.size(); ++i) {
                if (i > 0) m_table.text += i % m_table.columns == 0 ? u'\n' : u'\t';
                m_table.text += m_table.cellTexts[i];
            }
            m_blocks += std::exchange(m_table, {});
            break;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            m_table.cells += std::exchange(m_html, {});
            m_table.cellTexts += std::exchange(m_text, {});
            m_inCell = m_inLeaf = false;
            break;
        default:
            break;
    }
}

void MarkdownBuilder::enterSpan(MD_SPANTYPE type, const void* detail) {
    switch (type) {
        case MD_SPAN_EM:
            m_html += QStringLiteral("<i>");
            break;
        case MD_SPAN_STRONG:
            m_html += QStringLiteral("<b>");
            break;
        case MD_SPAN_DEL:
            m_html += QStringLiteral("<s>");
            break;
        case MD_SPAN_CODE:
            m_html += QStringLiteral("<code>");
            ++m_codeSpans;
            break;
        case MD_SPAN_A:
            openLink(static_cast<const MD_SPAN_A_DETAIL*>(detail)->href, false);
            break;
        case MD_SPAN_IMG:
            openLink(static_cast<const MD_SPAN_IMG_DETAIL*>(detail)->src, true);
            break;
        default:
            break;
    }
}

void MarkdownBuilder::leaveSpan(MD_SPANTYPE type) {
    switch (type) {
        case MD_SPAN_EM:
            m_html += QStringLiteral("</i>");
            break;
        case MD_SPAN_STRONG:
            m_html += QStringLiteral("</b>");
            break;
        case MD_SPAN_DEL:
            m_html += QStringLiteral("</s>");
            break;
        case MD_SPAN_CODE:
            m_html += QStringLiteral("</code>");
            --m_codeSpans;
            break;
        case MD_SPAN_A:
        case MD_SPAN_IMG:
            closeLink();
            break;
        default:
            break;
    }
}

void MarkdownBuilder::openLink(const MD_ATTRIBUTE& target, bool image) {
    Link link;
    link.image = image;
    link.textStart = m_text.size();
    // One definition can be used many times: what all links together may take is bounded by the text's own length.
    if (qsizetype(target.size) <= kLongestLink && m_linkBudget > 0) {
        link.target = attributeText(target);
        m_linkBudget -= qsizetype(target.size);
    }
    const bool nested = std::any_of(m_links.cbegin(), m_links.cend(), [](const Link& outer) { return outer.anchor; });
    link.anchor = !nested && isSafeLink(link.target);
    if (link.anchor) m_html += QStringLiteral("<a href=\"") + escapedHtml(link.target) + QStringLiteral("\">");
    m_links += link;
}

void MarkdownBuilder::closeLink() {
    const Link link = m_links.takeLast();
    if (link.image && m_text.size() == link.textStart) {
        appendText(link.anchor ? link.target : QCoreApplication::translate("Markdown", "picture"));
    }
    const QString words = m_text.sliced(link.textStart);
    if (link.anchor) {
        m_html += QStringLiteral("</a>");
        const QString warning = warningFor(words, link.target);
        if (!warning.isEmpty()) appendText(QStringLiteral(" (%1)").arg(warning));
    } else if (!link.image && !link.target.isEmpty() && link.target != words) {
        appendText(QStringLiteral(" (%1)").arg(link.target));  // not followed, but what it says is not hidden
    }
}

void MarkdownBuilder::appendText(const QString& words) {
    if (m_inCode) {
        m_text += words;
        return;
    }
    const auto append = [this](const QString& part) {
        m_text += part;
        QString html = escapedHtml(part);
        // Rich text folds blanks; in code they count.
        if (m_codeSpans > 0) html.replace(QStringLiteral("  "), QStringLiteral(" &#160;"));
        m_html += html;
    };
    // Formulas come back from the private-use plane; their surrogates begin at 0xDB80.
    const auto isFormula = [](QChar c) { return c.unicode() >= 0xDB80 && c.unicode() <= 0xDBFF; };
    qsizetype plain = 0;
    for (qsizetype i = 0; i + 1 < words.size(); ++i) {
        if (!isFormula(words[i])) continue;
        const qsizetype index = qsizetype(QChar::surrogateToUcs4(words[i], words[i + 1]) - kFirstFormula);
        if (index >= m_source.formulas.size()) continue;
        append(words.sliced(plain, i - plain));
        const QString& formula = m_source.formulas[index];
        m_text += formula;
        m_html += QStringLiteral("<code>") + escapedHtml(formula) + QStringLiteral("</code>");
        plain = i + 2;
    }
    append(plain == 0 ? words : words.sliced(plain));
}

void MarkdownBuilder::text(MD_TEXTTYPE type, QByteArrayView utf8) {
    switch (type) {
        case MD_TEXT_NULLCHAR:
            appendText(QString(QChar::ReplacementCharacter));
            break;
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR:  // models break lines where they mean a new line: verses, addresses
            m_text += u'\n';
            m_html += QStringLiteral("<br>");
            break;
        case MD_TEXT_ENTITY:
            appendText(decodedEntity(utf8));
            break;
        default:
            appendText(QString::fromUtf8(utf8));
            break;
    }
}

QString MarkdownBuilder::attributeText(const MD_ATTRIBUTE& attribute) const {
    QString out;
    for (int i = 0; attribute.substr_offsets != nullptr && attribute.substr_offsets[i] < attribute.size; ++i) {
        const MD_OFFSET from = attribute.substr_offsets[i];
        const QByteArrayView part(attribute.text + from, qsizetype(attribute.substr_offsets[i + 1] - from));
        out += attribute.substr_types[i] == MD_TEXT_ENTITY ? decodedEntity(part) : QString::fromUtf8(part);
    }
    // A formula cannot stand in an address or a language name: what it replaced comes back.
    for (qsizetype i = 0; i + 1 < out.size(); ++i) {
        if (!out[i].isHighSurrogate()) continue;
        const char32_t c = QChar::surrogateToUcs4(out[i], out[i + 1]);
        if (c < kFirstFormula || qsizetype(c - kFirstFormula) >= m_source.formulas.size()) continue;
        out.replace(i, 2, m_source.formulas[qsizetype(c - kFirstFormula)]);
    }
    return out;
}

QVector<Block> MarkdownBuilder::takeBlocks() {
    return std::move(m_blocks);
}

}  // namespace lares::ui
