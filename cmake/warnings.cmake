# One warning set for everything we compile; CI turns warnings into errors.
option(ROSTERD_WERROR "Treat warnings as errors" OFF)
option(ROSTERD_TESTS "Build the tests" ON)
option(ROSTERD_FUZZ "Build the fuzzers of fuzz/ with libFuzzer (clang only; see scripts/fuzz)" OFF)
set(ROSTERD_SANITIZE "" CACHE STRING "address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(rosterd_warnings INTERFACE)
target_compile_options(rosterd_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Where g++ 12 inlines the allocation of a coroutine's frame and not its release, it takes Asio's
  # own pair of operators for a mismatch.
  target_compile_options(rosterd_warnings INTERFACE -Wno-mismatched-new-delete)
endif()
if(ROSTERD_WERROR)
  target_compile_options(rosterd_warnings INTERFACE -Werror)
endif()

if(ROSTERD_SANITIZE)
  add_compile_options(-fsanitize=${ROSTERD_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ROSTERD_SANITIZE})
  if(ROSTERD_SANITIZE MATCHES "thread")
    add_compile_options(-Wno-tsan)  # Asio's fences: dozens of false lines from one file
  endif()
endif()
if(ROSTERD_FUZZ)
  # What guides the fuzzer has to be compiled into everything that it looks into. Calls of functions
  # by a pointer of another type go unchecked: clang 14 cannot write down that check for coroutines.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=function)
endif()
