#include "tests/inference/models/tiny_families.h"

#include <random>

namespace lares::tests {

namespace {

constexpr float kStretch = 4.0f;

const std::vector<TinyFamily> kFamilies{
    {"llama",
     {.architecture = "llama", .tensors = {{"output.weight", {64, 288}}}},
     {0.545958498647, -0.0130726095662, -1.53466790066}},
    {"llama, linear",
     {.architecture = "llama", .keys = {{"rope.scaling.factor", kStretch}}},
     {-5.84569973878, -4.01060780554, -1.32654697055}},
    {"llama, yarn",
     {.architecture = "llama",
      .keys = {{"rope.scaling.type", "yarn"},
               {"rope.scaling.factor", kStretch},
               {"rope.scaling.original_context_length", 32u}}},
     {-4.24475624432, -2.50654218364, -2.99538809758}},
    {"llama, wide heads",
     {.architecture = "llama", .headSize = 32, .tensors = {{"rope_freqs.weight", {16}}}},
     {0.917549644383, -0.801728400857, -2.40603449715}},
    {"llama, Mixtral",
     {.architecture = "llama",
      .feedForward = 48,
      .keys = {{"expert_count", 5u}, {"expert_used_count", 2u}},
      .tensors = {{"output.weight", {64, 288}}}},
     {0.606436519394, 1.10303960453, -0.57696159182}},
    {"qwen2", {.architecture = "qwen2"}, {-4.78997459868, -2.21749690194, -1.14782295467}},
    {"qwen3",
     {.architecture = "qwen3", .headSize = 32, .tensors = {{"output.weight", {64, 288}}}},
     {0.452343251571, -0.0334284310817, -1.03216024488}},
    {"qwen2moe",
     {.architecture = "qwen2moe",
      .keys = {{"expert_count", 6u},
               {"expert_used_count", 3u},
               {"expert_feed_forward_length", 40u},
               {"expert_shared_feed_forward_length", 56u}}},
     {-4.52989160332, 1.57440400403, -1.28004331525}},
    {"qwen3moe",
     {.architecture = "qwen3moe",
      .headSize = 32,
      .keys = {{"expert_count", 16u}, {"expert_used_count", 4u}, {"expert_feed_forward_length", 24u}}},
     {-4.05209008298, 0.614758917963, -3.29948738901}},
    {"gemma", {.architecture = "gemma", .headsKv = 1}, {-4.06053252127, -2.8301266739, -3.18138261731}},
    {"gemma2",
     {.architecture = "gemma2", .layers = 3, .keys = {{"attention.sliding_window", 17u}}},
     {-5.10898870802, -0.239184614752, -3.04744784262}},
    {"gemma3",
     {.architecture = "gemma3",
      .layers = 7,
      .keys = {{"attention.sliding_window", 9u}, {"rope.freq_base", 1e6f}, {"rope.scaling.factor", kStretch}}},
     {-2.55650062539, -1.66304805006, -3.4166327312}},
    {"phi2", {.architecture = "phi2", .headsKv = 4, .rotated = 6}, {-6.0282409081, -1.77138185674, -5.99822252445}},
    {"phi2, fused",
     {.architecture = "phi2",
      .headsKv = 4,
      .rotated = 6,
      .tensors = {{"blk.*.attn_qkv.weight", {64, 192}}, {"output.bias", {288}}}},
     {1.1118240686, 4.44672348544, -4.35745086367}},
    {"phi3",
     {.architecture = "phi3",
      .keys = {{"attention.sliding_window", 20u}},
      .tensors = {{"blk.*.attn_qkv.weight", {64, 128}}}},
     {-4.78871115896, -2.35082156681, -1.03204694373}},
    {"phi3, longrope",  // computed both below and above the original context
     {.architecture = "phi3",
      .rotated = 12,
      .keys = {{"rope.scaling.type", "longrope"},
               {"rope.scaling.attn_factor", 1.19f},
               {"rope.scaling.original_context_length", 100u}},
      .tensors = {{"blk.*.attn_qkv.weight", {64, 128}}}},
     {-0.94217100969, -2.5564526808, 3.11271909859}},
    {"gptneox, parallel",
     {.architecture = "gptneox", .headsKv = 4, .rotated = 4, .keys = {{"use_parallel_residual", true}}},
     {-7.60677285018, -2.63465370563, -6.11236412934}},
    {"gptneox, serial",
     {.architecture = "gptneox",
      .headsKv = 4,
      .rotated = 4,
      .keys = {{"use_parallel_residual", false}},
      .tensors = {{"blk.*.attn_qkv.weight", {64, 192}}}},
     {1.28461147152, 4.36851455796, -4.6210562924}},
    {"stablelm",
     {.architecture = "stablelm",
      .rotated = 4,
      .tensors = {{"blk.*.ffn_norm.weight", {64}}, {"blk.*.attn_q.bias", {64}}}},
     {-0.256318607358, -3.00018050295, -2.5365843957}},
    {"stablelm, 12B",
     {.architecture = "stablelm", .rotated = 4, .tensors = {{"blk.*.attn_q_norm.weight", {16, 4}}}},
     {1.25708998053, -3.0946406087, -2.57744017124}},
    {"command-r",
     {.architecture = "command-r", .keys = {{"logit_scale", 0.0625f}}},
     {-0.123568834185, -0.221231507364, -0.235017674125}},
    {"command-r, plus",
     {.architecture = "command-r",
      .keys = {{"logit_scale", 0.83f}},
      .tensors = {{"blk.*.attn_q_norm.weight", {16, 4}}}},
     {-0.980085333567, -2.95225722023, -2.05911465187}},
    {"cohere2",
     {.architecture = "cohere2", .layers = 4, .keys = {{"logit_scale", 0.25f}, {"attention.sliding_window", 13u}}},
     {0.326847413902, -1.1460366438, -1.09340358768}},
    {"granite",
     {.architecture = "granite",
      .keys =
          {{"logit_scale", 8.0f}, {"embedding_scale", 12.0f}, {"residual_scale", 0.22f}, {"attention.scale", 0.0156f}}},
     {-0.485848128618, -0.29811728806, -0.401276007416}},
    {"olmo2",
     {.architecture = "olmo2", .tensors = {{"output.weight", {64, 288}}}},
     {2.4214808932, -0.584350404253, -0.379764092898}},
    {"olmo2, OLMo 3",
     {.architecture = "olmo2",
      .layers = 5,
      .keys = {{"attention.sliding_window", 13u},
               {"rope.scaling.type", "yarn"},
               {"rope.scaling.factor", kStretch},
               {"rope.scaling.original_context_length", 32u}}},
     {-3.12980742099, -0.703424611238, -14.2952149616}},
    {"starcoder2", {.architecture = "starcoder2"}, {1.45921175801, 5.56348790361, -4.93191684292}},
    {"gpt2",
     {.architecture = "gpt2", .headsKv = 4, .tensors = {{"blk.*.attn_qkv.weight", {64, 192}}}},
     {-1.41151653254, 1.95164763204, -3.461624696}},
};

const std::vector<TinyFamily> kEncoders{
    {"bert",
     {.architecture = "bert",
      .layers = 3,
      .headsKv = 4,
      .keys = {{"attention.causal", false}, {"pooling_type", 1u}},
      .tensors = {{"token_types.weight", {64, 2}}}}},
    {"bert, first row",
     {.architecture = "bert",
      .heads = 2,
      .headsKv = 2,
      .keys = {{"pooling_type", 2u}},
      .tensors = {{"token_types.weight", {64, 1}}}}},
    {"nomic-bert",
     {.architecture = "nomic-bert",
      .headsKv = 4,
      .keys = {{"attention.causal", false}, {"pooling_type", 1u}, {"rope.freq_base", 1000.0f}},
      .tensors = {{"blk.*.attn_qkv.weight", {64, 192}}, {"token_types.weight", {64, 2}}}}},
};

}  // namespace

const std::vector<TinyFamily>& tinyFamilies() {
    return kFamilies;
}

const std::vector<TinyFamily>& tinyEncoders() {
    return kEncoders;
}

std::vector<inference::TokenId> familyTokens(std::uint32_t count, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<inference::TokenId> tokens;
    for (std::uint32_t i = 0; i < count; ++i) tokens.push_back(static_cast<inference::TokenId>(random() % 288));
    return tokens;
}

}  // namespace lares::tests
