// Chat templates: a sandboxed, bounded interpreter of the Jinja that models ship with, as `apply_chat_template` of the
// transformers library sets it up (trim_blocks, lstrip_blocks, loop controls, generation blocks, immutable values).
// Templates come from strangers: a template can waste its limits, but cannot reach anything outside its context.
//
// Not here: template inheritance, include and import (refused with a clear error), HTML autoescaping.
// Source of the language: Jinja 3.1 template designer documentation.
#pragma once

#include "inference/template/template_error.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

/// What one rendering may use up. The defaults are far above what real templates need for a full context.
struct RenderLimits {
    std::uint64_t steps = 5'000'000;      ///< evaluated nodes, loop rounds, elements touched by built-ins
    std::chrono::milliseconds time{750};  ///< of the processor: a busy machine fails no honest template
    std::uint32_t depth = 1000;           ///< nested evaluations; bounds the native stack
    std::size_t memoryBytes = std::size_t{256}
                              << 20;                ///< all that is ever allocated, so also all that is alive at once
    std::size_t textBytes = std::size_t{16} << 20;  ///< the output, and any single string on the way to it
    std::uint32_t rangeLength = 100'000;            ///< of one range()
};

struct RenderOptions {
    RenderLimits limits;
    std::optional<std::tm> now;  ///< what strftime_now() sees; the local clock when absent
};

/// A stretch of output of one origin. `fromUser`: the characters came out of the context's messages, tools or documents
/// (roles excepted), so special tokens must not be recognised in them, nor across their edges.
struct TextSpan {
    std::string text;
    bool fromUser = false;
    bool operator==(const TextSpan&) const = default;
};

/// A parsed template. Immutable; copies share the parsed form; may be rendered from several threads at once.
class ChatTemplate {
 public:
    /// Throws TemplateError (syntax, limit, recursion).
    static ChatTemplate parse(std::string_view source);

    /// `context` is an object: messages, add_generation_prompt, bos_token, eos_token, tools, ... `tools` and
    /// `documents` are none when absent. Throws TemplateError.
    std::string render(const nlohmann::ordered_json& context, const RenderOptions& options = {}) const;

    /// As render(), cut where the origin changes; neighbours differ in `fromUser`, no span is empty. Provenance follows
    /// characters through concatenation, slices, strip, split, join, replace, JSON; an operation that mixes
    /// characters (changing case, say) marks its whole result once any of its input was marked.
    std::vector<TextSpan> renderSpans(const nlohmann::ordered_json& context, const RenderOptions& options = {}) const;

 private:
    struct Parsed;
    explicit ChatTemplate(std::shared_ptr<const Parsed> parsed);
    std::shared_ptr<const Parsed> m_parsed;
};

/// "2025-07-04T09:08:07" (also with a space, without the time, with fractions or a zone that are ignored), with weekday
/// and day of the year filled in; nullopt when it is no such date.
std::optional<std::tm> parseIsoTime(std::string_view text);

}  // namespace lares::inference
