# lares_test(NAME SOURCES file... LIBS target... [LABELS quick|gpu|ui|slow|fuzz] [TIMEOUT seconds])
# One Qt Test executable and its CTest entry. Tests read ../shared through LARES_SHARED_DIR: empty when it is not there,
# and then only the tests with fixtures of our own run; with LARES_REQUIRE_SHARED in the environment (CI) its absence fails.
if(EXISTS ${CMAKE_SOURCE_DIR}/../shared/reference/index.json)
  file(REAL_PATH ${CMAKE_SOURCE_DIR}/../shared LARES_SHARED_DIR)
endif()

# Qt gives each target a folder by these; with them no two tests could share a precompiled header.
set(LARES_TEST_OPTIONS -UQT_TESTCASE_BUILDDIR -UQT_TESTCASE_SOURCEDIR)
# The tests' own files are left unoptimised where sanitizers make that slow; what computes is in the libraries they link.
if(LARES_SANITIZE)
  list(APPEND LARES_TEST_OPTIONS -O0)
endif()

function(lares_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS")
  if(NOT ARG_LABELS)
    set(ARG_LABELS quick)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
    if("gpu" IN_LIST ARG_LABELS)
      set(ARG_TIMEOUT 900) # shaders that software Vulkan has never compiled before take minutes
    endif()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} Qt6::Core Qt6::Test)
  target_compile_definitions(${name} PRIVATE LARES_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LARES_BINARY_DIR="${CMAKE_BINARY_DIR}"
                                             LARES_SHARED_DIR="${LARES_SHARED_DIR}")
  target_compile_options(${name} PRIVATE ${LARES_TEST_OPTIONS})
  if(LARES_PRECOMPILE AND NOT "ui" IN_LIST ARG_LABELS)
    target_precompile_headers(${name} REUSE_FROM lares_test_headers)
  endif()
  # Qt 6.4 loses the textures of its software scene graph, and QML data of controls while accessibility is on: with windows,
  # leaks are not looked for.
  set(sanitizers "")
  if("ui" IN_LIST ARG_LABELS)
    set(sanitizers ";ASAN_OPTIONS=detect_leaks=0")
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT
    "QT_QPA_PLATFORM=offscreen;QT_QUICK_BACKEND=software;QT_QPA_UPDATE_IDLE_TIME=0;LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0${sanitizers}")
endfunction()
