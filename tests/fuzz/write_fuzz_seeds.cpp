// Writes the seed corpora of the fuzz targets below the folder it is given.
#include "tests/support/gguf_writer.h"

#include <filesystem>
#include <fstream>
#include <string_view>

using namespace lares::test;

namespace {

void write(const std::filesystem::path& path, std::string_view bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A vocabulary of a handful of tokens, so that mutations hit something.
std::string smallest(const char* model) {
    GgufWriter writer;
    writer.text("general.architecture", "llama");
    writer.text("general.name", "seed");
    writer.text("tokenizer.ggml.model", model);
    writer.text("tokenizer.ggml.pre", "gpt-2");
    writer.texts("tokenizer.ggml.tokens",
                 std::vector<std::string>{"<unk>", "<s>", "</s>", "a", "b", "ab", "<0x0A>", "c d"});
    writer.f32s("tokenizer.ggml.scores", std::vector<float>{0, 0, 0, -1, -2, -3, 0, 0});
    writer.i32s("tokenizer.ggml.token_type", std::vector<std::int32_t>{2, 3, 3, 1, 1, 1, 6, 4});
    writer.texts("tokenizer.ggml.merges", std::vector<std::string>{"a b"});
    // A character map of three nodes and one replacement, as an array of u8.
    writer.raw("tokenizer.ggml.precompiled_charsmap", 9,
               std::string("\0\0\0\0\x12\0\0\0\0\0\0\0\x0c\0\0\0\0\4\0\0a\5\0\0\0\0\0\x80"
                           "b\0",
                           30));
    writer.u32("tokenizer.ggml.bos_token_id", 1);
    writer.flag("tokenizer.ggml.add_bos_token", true);
    writer.u32("llama.block_count", 1);
    writer.tensor("a", {32, 2}, 8, randomBlocks(8, 64, 1.0f, 1));
    writer.tensor("b", {8}, 0, randomBlocks(0, 8, 1.0f, 2));
    return writer.bytes();
}

std::string toy(ToyVocabulary kind) {
    GgufWriter writer;
    addToyVocabulary(writer, kind, kind == ToyVocabulary::spm ? 384 : 288);
    return writer.bytes();
}

constexpr std::string_view kTexts[] = {
    "\1the hat of the other, and 12345 \n\n\t  's I'LL",
    "\2<|im_start|>user\nHello<|im_end|></s><s>",
    "\3Gr\u00fc\u00dfe \u4e16\u754c \U0001f600\u200d e\u0301 \u2581",
    "\4\xff\xfe\xc3(\xf0\x9f \xed\xa0\x80",
    "\5                    a",
};

constexpr std::string_view kTemplates[] = {
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] | trim + '<|im_end|>' }}{% endfor %}",
    "{%- if tools is defined and tools is not none -%}{{ tools | tojson(indent=2) }}{%- endif -%}",
    "{% set ns = namespace(x=0) %}{% for i in range(3) if i != 1 %}{% set ns.x = ns.x + loop.index %}{% else %}-{% "
    "endfor %}{{ ns.x }}",
    "{% macro f(a, b=2) %}{{ a ~ b }}{% endmacro %}{{ f(1) }}{{ raise_exception('no') }}",
    "{{ messages[1:][::-1] | map(attribute='role') | join(', ') }}{{ 'a b'.split()[0].upper() }}{{ strftime_now('%Y') "
    "}}",
    "{% for m in messages %}{% if loop.first %}{% continue %}{% endif %}{{ m.content is string }}{% break %}{% endfor "
    "%}{# c #}",
    "{{ {'a': [1, 2.5, none, true], 'b': (1,)}.items() | list }}{{ 7 // 2 ** 3 % 4 - -1 }}{{ 'x' if false else 'y' }}",
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    write(folder / "gguf/smallest-llama", smallest("llama"));
    write(folder / "gguf/smallest-gpt2", smallest("gpt2"));
    write(folder / "gguf/smallest-bert", smallest("bert"));
    write(folder / "gguf/smallest-t5", smallest("t5"));
    write(folder / "gguf/toy-llama", toy(ToyVocabulary::spm));
    write(folder / "gguf/toy-gpt2", toy(ToyVocabulary::bpe));
    int number = 0;
    for (const std::string_view text : kTexts) {
        write(folder / "tokenizer" / std::to_string(number++), text);
    }
    for (const std::string_view source : kTemplates) {
        write(folder / "template" / std::to_string(number++), source);
    }
    return 0;
}
