#pragma once

/// The allocator of the daemon: gperftools' tcmalloc, for which what one thread makes and another
/// one ends, as an event that is stored, costs less than for the C library's. A program that links
/// this layer allocates with it; one under a sanitizer with the sanitizer's.
namespace rosterd::tcmalloc {

/// Gives memory that nobody uses back to the system, when it is enough to be worth the
/// milliseconds: after a large round or roster. Under a sanitizer it does nothing. Any thread.
void return_free_memory();

}  // namespace rosterd::tcmalloc
