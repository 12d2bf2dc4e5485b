#include "rosterd/adapters/tcmalloc/free_memory.hpp"

#ifdef ROSTERD_TCMALLOC
#include <cstddef>
#include <gperftools/malloc_extension_c.h>
#endif

namespace rosterd::tcmalloc {

void return_free_memory() {
#ifdef ROSTERD_TCMALLOC
  constexpr std::size_t worth_it = std::size_t{16} << 20U;
  std::size_t unused = 0;
  MallocExtension_GetNumericProperty("tcmalloc.pageheap_free_bytes", &unused);
  if (unused > worth_it) MallocExtension_ReleaseFreeMemory();
#endif
}

}  // namespace rosterd::tcmalloc
