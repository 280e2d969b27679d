#include "inference/template/chat_template.h"

#include "inference/template/interpreter.h"
#include "inference/template/parser.h"

namespace lares::inference {

struct ChatTemplate::Parsed {
    jinja::Body body;
};

ChatTemplate::ChatTemplate(std::shared_ptr<const Parsed> parsed) : m_parsed(std::move(parsed)) {}

ChatTemplate ChatTemplate::parse(std::string_view source) {
    return ChatTemplate(std::make_shared<const Parsed>(Parsed{jinja::parseTemplate(source)}));
}

std::string ChatTemplate::render(const nlohmann::ordered_json& context, const RenderOptions& options) const {
    return jinja::Interpreter(options, context).render(m_parsed->body).bytes();
}

std::vector<TextSpan> ChatTemplate::renderSpans(const nlohmann::ordered_json& context,
                                                const RenderOptions& options) const {
    const jinja::Text text = jinja::Interpreter(options, context).render(m_parsed->body);
    std::vector<TextSpan> spans;
    std::size_t at = 0;
    const auto add = [&](std::size_t end, bool fromUser) {
        if (end > at) {
            spans.push_back({text.bytes().substr(at, end - at), fromUser});
            at = end;
        }
    };
    for (const jinja::Text::Range& range : text.userRanges()) {
        add(range.begin, false);
        add(range.end, true);
    }
    add(text.size(), false);
    return spans;
}

}  // namespace lares::inference
