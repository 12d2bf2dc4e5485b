#pragma once

namespace rosterd {

[[noreturn]] void assertion_failed(
    const char* condition, const char* why, const char* file, int line
);

}  // namespace rosterd

/// Guards what only a bug can break. Always on; aborts, because the outbox is safe and a wrong
/// write to the tenant is not.
#define ROSTERD_ASSERT(condition, why) \
  ((condition) ? void(0) : ::rosterd::assertion_failed(#condition, why, __FILE__, __LINE__))
