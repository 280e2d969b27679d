// An answer as one text: its thinking between <think> and </think>, whatever marks the model's family uses. This is
// what the engine's border hands out (types.h, TextPiece): all pieces joined are the text that is stored, shown and
// later sent back, so that neither the store nor the view needs to know families. The kind travels with each piece for
// those who want it. Requests offer no tools yet; a call that a model makes up is therefore shown like text, in its
// plain JSON.
#pragma once

#include "inference/answer/answer_parser.h"

namespace lares::inference {

/// Wraps the pieces of one answer, in order.
class CanonicalAnswer {
 public:
    /// The piece with the tags that stand before its text. Thoughts with nothing between them are one section; an
    /// answer that ends while thinking leaves its tag open.
    AnswerPiece push(AnswerPiece piece);

 private:
    bool m_thinking = false;  ///< a tag is open
};

/// A stored answer without the thinking that opens it: what a later prompt repeats.
std::string withoutThinking(std::string_view canonical);

}  // namespace lares::inference
