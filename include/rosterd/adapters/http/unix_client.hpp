#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/result.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

namespace rosterd::http {

/// What is asked of the running daemon, on its operator socket.
struct UnixPost {
  std::filesystem::path socket;
  std::string target;
  std::string json;
  Duration answer_max{0};  ///< from the connection to the end of the answer
  /// Called about once a second while the answer is awaited, with how long that has taken.
  std::function<void(Duration)> waiting;
};

/// An answer of the running daemon.
struct UnixAnswer {
  unsigned status = 0;
  std::string body;
};

/// Why there is none.
struct UnixError {
  enum class Why {
    nobody_listens,  ///< nothing was asked: no daemon runs
    not_permitted,   ///< nothing was asked: this user may not use the socket
    unreachable,     ///< nothing was asked: the connection was not made for another reason
    no_answer,       ///< it was asked, and the time was up: nobody knows whether it was done
    broken_off,      ///< the same, because the daemon ended
  };

  UnixError() = default;
  UnixError(Why why_, std::string text_) : why(why_), text(std::move(text_)) {}

  Why why = Why::nobody_listens;
  std::string text;  ///< of the system
};

/// One POST to the daemon. Blocking, for commands. A daemon that does not take the connection
/// within five seconds is unreachable.
Result<UnixAnswer, UnixError> post_to_socket(const UnixPost& post);

}  // namespace rosterd::http
