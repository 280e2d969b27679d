// Letters without their accents: what Unicode's canonical decomposition leaves once the non-spacing marks are gone.
// Marks that stand alone in a text are not taken out here.
#pragma once

#include <string>

namespace lares::inference {

/// Appends what `code` decomposes to: itself for most, nothing for a few marks.
void appendBaseLetters(std::u32string& out, char32_t code);

}  // namespace lares::inference
