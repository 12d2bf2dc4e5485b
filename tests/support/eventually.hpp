#pragma once

#include <chrono>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <utility>

namespace rosterd::test {

/// How long a test waits for another process before it says what did not happen. Generous, because
/// the machine may be busy; nothing waits this long unless it fails.
inline constexpr std::chrono::seconds wait_max{60};

/// Looks again and again until `check()` gives something that counts as true, and gives that.
/// Throws, naming what was waited for, when `wait_max` is over.
template <class Check>
auto eventually(const std::string& what, Check check) {
  const auto deadline = std::chrono::steady_clock::now() + wait_max;
  for (;;) {
    auto result = check();
    if (result) return result;
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("waited in vain for " + what);
    }
    constexpr int pause_ms = 10;
    ::poll(nullptr, 0, pause_ms);
  }
}

}  // namespace rosterd::test
