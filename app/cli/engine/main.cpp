// lares-engine: the engine without the window, for people who script, measure and check. Results go to standard output
// as JSON, messages to standard error; exit code 0, 1 (operating error, one sentence) or 2 (usage).
#include "app/cli/engine/verb.h"
#include "inference/error.h"

#include <algorithm>
#include <cstdio>
#include <new>

namespace {

using lares::cli::Verb;

#define LARES_VERB(NAME) &lares::cli::NAME,
constexpr const Verb* kVerbs[] = {
#include <verbs.inc>
};
#undef LARES_VERB

void printUsage(std::FILE* out) {
    std::fputs("usage: lares-engine VERB ...\n", out);
    for (const Verb* verb : kVerbs) {
        std::fprintf(out, "  %s\n      %s\n", verb->usage, verb->help);
    }
}

int run(const Verb& verb, lares::cli::Arguments arguments) {
    try {
        return verb.run(arguments);
    } catch (const lares::cli::UsageError& error) {
        std::fprintf(stderr, "lares-engine: %s\nusage: lares-engine %s\n", error.what(), verb.usage);
        return 2;
    } catch (const lares::inference::Error& error) {
        std::fprintf(stderr, "lares-engine: %s\n", error.what());
        if (!error.detail().empty()) {
            std::fprintf(stderr, "  (%s)\n", error.detail().c_str());
        }
    } catch (const std::bad_alloc&) {
        std::fputs("lares-engine: There is not enough memory for this.\n", stderr);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "lares-engine: %s\n", error.what());
    }
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && (words[0] == "--help" || words[0] == "-h" || words[0] == "help")) {
        printUsage(stdout);
        return 0;
    }
    const auto* const found =
        std::ranges::find_if(kVerbs, [&](const Verb* verb) { return !words.empty() && words[0] == verb->name; });
    if (found == std::end(kVerbs)) {
        printUsage(stderr);
        return 2;
    }
    return run(**found, lares::cli::Arguments({words.begin() + 1, words.end()}));
}
