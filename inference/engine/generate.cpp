// The loop of an answer: prompt to tokens, prefill, then one token after the other until something ends it.
#include "inference/answer/canonical_answer.h"
#include "inference/engine/loaded_model.h"
#include "inference/engine/lookahead.h"
#include "inference/sampling/sampler.h"
#include "inference/sampling/stop_matcher.h"
#include "inference/tokenizer/stream_decoder.h"

#include <algorithm>
#include <chrono>

namespace lares::inference {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Tokens in, pieces of the answer out to the sink, watching for stop strings. A raw prompt's continuation is plain
/// text.
class TextStream {
 public:
    TextStream(const Tokenizer& tokenizer, const AnswerFormat& format, std::span<const TokenId> prompt,
               const GenerateRequest& request, const EventSink& sink)
        : m_tokenizer(tokenizer),
          m_format(format),
          m_decoder(tokenizer, false, !request.raw),
          m_matcher(request.stopStrings),
          m_parser(format, tokenizer.decode(prompt.last(std::min<std::size_t>(prompt.size(), kEndingTokens)), true)),
          m_sink(sink) {}

    /// False once a stop string is complete.
    bool push(TokenId token) {
        const bool marker = m_tokenizer.isControl(token) && m_format.needs(m_tokenizer.name(token));
        emit(m_parser.push(m_matcher.push(m_decoder.push(token, marker)).text));
        return !m_matcher.stopped();
    }
    /// Whether the held-back rest completed a stop string after all.
    void finish() {
        emit(m_parser.push(m_matcher.push(m_decoder.finish()).text));
        emit(m_parser.push(m_matcher.finish()));
        emit(m_parser.finish());
    }

 private:
    static constexpr std::size_t kEndingTokens = 16;  ///< more than any marker takes

    void emit(std::vector<AnswerPiece> pieces) {
        for (AnswerPiece& piece : pieces) {
            const AnswerPiece whole = m_canonical.push(std::move(piece));
            if (m_sink.onText) m_sink.onText({whole.text, static_cast<TextPiece::Kind>(whole.kind)});
        }
    }

    const Tokenizer& m_tokenizer;
    const AnswerFormat& m_format;
    StreamDecoder m_decoder;
    StopMatcher m_matcher;
    AnswerParser m_parser;
    CanonicalAnswer m_canonical;
    const EventSink& m_sink;
};

}  // namespace

std::vector<TokenId> LoadedModel::promptTokens(const GenerateRequest& request) const {
    std::vector<TokenId> tokens = request.raw ? m_chatPrompt.encodeRaw(request.prompt)
                                              : m_chatPrompt.encode(request.messages, request.answerSoFar);
    if (tokens.empty()) throw Error(ErrorKind::badRequest, "There is nothing to answer: the prompt is empty.");
    if (tokens.size() > m_context.capacity()) {
        throw Error(ErrorKind::badRequest, "The prompt is " + std::to_string(tokens.size()) +
                                               " tokens long, but the model's context holds " +
                                               std::to_string(m_context.capacity()) +
                                               ". Shorten it, or load the model with a longer context.");
    }
    return tokens;
}

Finish LoadedModel::generate(const GenerateRequest& request, const EventSink& sink, std::stop_token stop) {
    requireWriting();
    const Clock::time_point start = Clock::now();
    std::vector<TokenId> history = promptTokens(request);
    Sampler sampler(request.sampling, m_tokenizer.vocabularySize());
    TextStream text(m_tokenizer, request.raw ? answerFormatOf({}) : m_chatPrompt.answerFormat(), history, request,
                    sink);

    Finish finish;
    GenerateStats& stats = finish.stats;
    stats.promptTokens = static_cast<std::uint32_t>(history.size());
    stats.seed = sampler.seed();
    stats.contextLength = m_context.capacity();
    stats.device = deviceName();
    stats.templateSource = request.raw ? "raw" : m_chatPrompt.source();
    if (!request.raw) stats.templateText = m_chatPrompt.templateText();

    const Clock::time_point prefillStart = Clock::now();
    const auto onTokens = [&](std::uint32_t done) {
        if (sink.onPrompt) sink.onPrompt({done, stats.promptTokens});
    };
    const Context::Prefilled prefilled = m_context.prefill(history, onTokens, stop);
    stats.promptSeconds = secondsSince(prefillStart);
    stats.reusedTokens = prefilled.reusedTokens;

    Lookahead lookahead(m_context, m_stepCosts, request.drafting);
    std::span<float> logits = prefilled.logits;
    Clock::time_point firstToken = Clock::now();
    for (;;) {
        if (stop.stop_requested()) {
            finish.reason = FinishReason::cancelled;
            break;
        }
        if (request.maxTokens >= 0 && finish.tokens.size() >= static_cast<std::size_t>(request.maxTokens)) {
            finish.reason = FinishReason::maxTokens;
            break;
        }
        if (!finish.tokens.empty()) {
            if (history.size() > m_context.capacity()) {
                finish.reason = FinishReason::contextFull;
                break;
            }
            logits = lookahead.next(history);
        }
        const TokenId token = sampler.sample(logits, history);
        if (finish.tokens.empty()) {
            firstToken = Clock::now();
            stats.timeToFirstTokenSeconds = secondsSince(start);
        }
        if (m_tokenizer.isEndOfGeneration(token)) {
            finish.reason = FinishReason::endOfText;
            break;
        }
        history.push_back(token);
        finish.tokens.push_back(token);
        if (!text.push(token)) {
            finish.reason = FinishReason::stopString;
            break;
        }
    }
    stats.generateSeconds = secondsSince(firstToken);
    stats.generatedTokens = static_cast<std::uint32_t>(finish.tokens.size());
    stats.draftedTokens = lookahead.draftedTokens();
    stats.acceptedTokens = lookahead.acceptedTokens();
    text.finish();
    return finish;
}

}  // namespace lares::inference
