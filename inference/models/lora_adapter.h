// LoRA adapters in GGUF files: small matrices that change some of a model's weights. A file (general.type "adapter",
// adapter.type "lora") is made for one architecture; for the model's tensor NAME [columns, rows] (shapes as in the
// file, the contiguous extent first) it has the pair NAME.lora_a [columns, rank] and NAME.lora_b [rank, rows], and the
// model computes with
//     NAME + scale * adapter.lora.alpha / rank * lora_b lora_a
// An alpha that is 0 or absent means "scale" alone. The pair of a table that rows are looked up in (token_embd.weight)
// lies the other way round: lora_a [rank, rows], lora_b [rank, columns]. Where an architecture cuts NAME into parts
// (attn_qkv), lora_b is cut at the same rows.
//
// How the change is computed is program/low_rank. Refused, because leaving them out would give other results than the
// adapter was made for: changes of anything but plain matrices (norms, experts), of an embedding that is the output,
// too (it would have to hold both ways round), and adapters that begin to work in the middle of a text (aLoRA).
//
// Source: llama.cpp, src/llama-adapter.cpp and convert_lora_to_gguf.py (2026).
#pragma once

#include "inference/models/architecture.h"

namespace lares::inference {

struct LoraAdapter {
    SharedGguf file;
    float scale = 1.0f;  ///< 0: its weights are there, and no operation computes with them
};

/// The model with all of the adapters beside it: base's weights, the adapters' behind them, and the operations of a
/// step. The weights depend on the files alone and not on the scales. `architecture` is base's general.architecture. No
/// weights are read. Throws badRequest when an adapter was made for another model or a scale is not finite, badFile
/// when it contradicts itself, unsupported for what is said above.
ModelDefinition withAdapters(const ModelDefinition& base, std::string_view architecture,
                             std::span<const LoraAdapter> adapters);

}  // namespace lares::inference
