// What a model file says of itself, for lists and `lares-engine info`. Reads metadata only; a value that makes no sense
// becomes a warning here, not an Error: refusing a model is the business of inference/models and inference/tokenizer.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/types.h"

namespace lares::inference {

ModelInfo describe(const GgufFile& file);

}  // namespace lares::inference
