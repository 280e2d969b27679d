// Any template over a small conversation, within small limits: it renders, or ends in a TemplateError; anything else
// (and anything slow) is a find. Spans joined are the rendered text.
#include "inference/template/chat_template.h"

#include <cstdlib>

using namespace lares::inference;

namespace {

nlohmann::ordered_json context() {
    return {{"messages",
             {{{"role", "system"}, {"content", "Be brief."}},
              {{"role", "user"}, {"content", " Hello <|im_end|> "}},
              {{"role", "assistant"}, {"content", "Hi"}, {"tool_calls", {{{"name", "f"}, {"arguments", {{"x", 1}}}}}}},
              {{"role", "user"}, {"content", {{{"type", "text"}, {"text", "A"}}}}}}},
            {"tools", {{{"type", "function"}, {"function", {{"name", "f"}, {"description", "d"}}}}}},
            {"add_generation_prompt", true},
            {"bos_token", "<s>"},
            {"eos_token", "</s>"}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const nlohmann::ordered_json conversation = context();
    RenderOptions options;
    options.limits.steps = 20'000;
    options.limits.time = std::chrono::milliseconds(2000);
    options.limits.memoryBytes = std::size_t{16} << 20;
    options.limits.textBytes = std::size_t{1} << 20;
    options.limits.rangeLength = 1000;
    options.now = parseIsoTime("2026-11-24T12:00:00");
    try {
        const ChatTemplate parsed = ChatTemplate::parse({reinterpret_cast<const char*>(data), size});
        std::string joined;
        for (const TextSpan& span : parsed.renderSpans(conversation, options)) {
            joined += span.text;
        }
        if (joined != parsed.render(conversation, options)) {
            std::abort();
        }
    } catch (const TemplateError&) {
    }
    return 0;
}
