// `lares-engine embed`: each line of standard input to the vector that stands for its meaning.
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/engine.h"

#include <iostream>

namespace lares::cli {

namespace {

int run(Arguments& arguments) {
    const ComputeOptions options = takeComputeOptions(arguments, true);
    const std::string path = arguments.word("MODEL");
    arguments.finish();

    inference::EngineOptions engineOptions;
    engineOptions.device = options.device;
    engineOptions.threads = options.threads;
    engineOptions.exact = options.exact;
    const auto engine = inference::makeEngine(engineOptions);
    const auto info = engine->load({path, options.contextLength}, {}, {});
    for (const std::string& warning : info->warnings) std::cerr << "lares-engine: " << warning << "\n";

    std::string line;
    while (std::getline(std::cin, line)) {
        if (line.ends_with('\r')) line.pop_back();
        printJson({{"embedding", engine->embed(line)}});
    }
    return 0;
}

}  // namespace

const Verb kEmbedVerb = {"embed", "embed MODEL [--context N] [--device cpu|vulkan|vulkan:N] [--threads N] [--exact]",
                         "each line of standard input to a vector of length 1", &run};

}  // namespace lares::cli
