#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rosterd::http {

/// An answer of the running daemon.
struct UnixAnswer {
  unsigned status = 0;
  std::string body;
};

/// One POST to the daemon's operator socket. Blocking, for commands. Nothing: nobody listens there;
/// throws `system_error` when the conversation breaks off.
std::optional<UnixAnswer> post_to_socket(
    const std::filesystem::path& socket, const std::string& target, const std::string& json
);

}  // namespace rosterd::http
