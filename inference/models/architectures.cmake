# The one list of model architectures, by their general.architecture. For NAME, inference/models/NAME.cpp (a "-" becomes
# "_") defines `ModelDefinition define(const GgufFile&)` in the namespace of the same name. Adding one: its file, its name here.
set(LARES_ARCHITECTURES
  bert
  bloom
  cohere2
  command-r
  gemma
  gemma2
  gemma3
  gpt-oss
  gpt2
  gptneox
  granite
  jina-bert-v2
  llama
  nomic-bert
  olmo2
  phi2
  phi3
  phimoe
  qwen2
  qwen2moe
  qwen3
  qwen3moe
  stablelm
  starcoder2
)
