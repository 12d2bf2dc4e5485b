#pragma once

namespace rosterd::cli {

/// What the program ends with (design.md 4); 64 and 78 are those of sysexits.h, and systemd does
/// not restart on them.
namespace exit_code {
inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int changes = 2;  ///< plan: there is something to do
inline constexpr int usage = 64;
inline constexpr int configuration = 78;
}  // namespace exit_code

}  // namespace rosterd::cli
