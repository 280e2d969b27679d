// Drivers and layers leak a little at exit. While they stay loaded, LeakSanitizer knows whose leaks these are, and
// lsan.supp can name them; once the loader has let them go, they look like anybody's.
#pragma once

#include <dlfcn.h>

#include <initializer_list>

namespace lares::tests {

/// To be called once they are loaded.
inline void keepDriversLoaded() {
    for (const char* library : {"libVkLayer_khronos_validation.so", "libvulkan_lvp.so"}) {
        dlopen(library, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    }
}

}  // namespace lares::tests
