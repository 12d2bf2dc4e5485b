#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/result.hpp"
#include "rosterd/domain/outcome.hpp"

#include <string>
#include <utility>

namespace rosterd::extension {

/// One request, ready to be sent.
struct WireRequest {
  std::string method;
  std::string path;  ///< below the peer's own path, with the query
  std::string bearer;
  std::string body;  ///< JSON; empty: none
  bool mutating = false;
  Duration time_max{};  ///< from the first byte written to the last byte read
};

/// What came back, stripped to what anybody asks about.
struct WireAnswer {
  WireAnswer() = default;
  unsigned status = 0;
  std::string body;
  std::string location;
  std::string retry_after;
  std::string content_encoding;
  std::string rate_limit_remaining;
  std::string rate_limit_reset;
};

/// Why no whole answer came.
struct WireError {
  WireError() = default;
  WireError(ErrorClass c, std::string what) : error(c), text(std::move(what)) {}

  ErrorClass error = ErrorClass::transient;
  std::string text;
  bool timed_out = false;
};

using Exchanged = Result<WireAnswer, WireError>;

}  // namespace rosterd::extension
