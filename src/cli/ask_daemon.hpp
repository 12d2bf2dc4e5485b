#pragma once

#include "rosterd/adapters/http/unix_client.hpp"
#include "rosterd/config.hpp"

#include <optional>
#include <string>

namespace rosterd::cli {

/// What is asked of the daemon, and for how long an answer is worth waiting for.
struct DaemonPost {
  std::string target;
  std::string json;
  Duration answer_max{0};
  /// Shown on a terminal while the answer is awaited: `comparing everybody with the tenant`.
  std::string doing;
  /// Where to see whether it was done, should no answer come.
  std::string look_with = "rosterd status";
};

/// Nothing: no daemon runs, or the configuration has no socket. Throws a CommandError with the
/// remedy when the socket may not be used or no whole answer came.
std::optional<http::UnixAnswer> ask_daemon(const Config& config, const DaemonPost& post);

/// The same for what only the daemon can do: throws when none runs.
http::UnixAnswer ask_running_daemon(const Config& config, const DaemonPost& post);

bool daemon_runs(const Config& config);

/// Throws when no daemon runs: before anybody is asked to agree to what could not be done.
void expect_daemon(const Config& config);

/// What the answer says is wrong, made safe for a terminal; empty: nothing.
std::string error_in(const http::UnixAnswer& answer);

/// Throws what the daemon refused with, as a CommandError.
[[noreturn]] void refused(const http::UnixAnswer& answer);

/// Who uses the command: the login name of the real user; through sudo, of whoever called it.
std::string user_name();

}  // namespace rosterd::cli
