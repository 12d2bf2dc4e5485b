#include "rosterd/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace rosterd {

void assertion_failed(const char* condition, const char* why, const char* file, int line) {
  std::fprintf(stderr, "<0>rosterd: bug at %s:%d: %s (%s)\n", file, line, why, condition);
  std::abort();
}

}  // namespace rosterd
