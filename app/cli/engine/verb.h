// One verb of lares-engine. Its file defines `const Verb kNameVerb`; the list of verbs is in CMakeLists.txt.
#pragma once

#include "app/cli/arguments.h"

namespace lares::cli {

struct Verb {
    const char* name;
    const char* usage;                 ///< "info MODEL"
    const char* help;                  ///< half a sentence
    int (*run)(Arguments& arguments);  ///< exit code; may throw UsageError and inference::Error
};

#define LARES_VERB(NAME) extern const Verb NAME;
#include <verbs.inc>
#undef LARES_VERB

}  // namespace lares::cli
