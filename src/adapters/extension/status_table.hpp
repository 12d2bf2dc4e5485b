#pragma once

#include "adapters/extension/exchange.hpp"
#include "rosterd/base/instant.hpp"
#include "rosterd/domain/outcome.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rosterd::extension {

/// What 404 and a redirect mean for a call.
enum class WhenMissing {
  stale_catalogue,  ///< a group or role we named by its id is gone
  nothing_there,    ///< an answer: there is no such thing
  refusal,          ///< like any other 4xx
  wrong_address,    ///< what was asked for is always there: the base URL is wrong
};

/// The table "Errors and what becomes of the event" of extension-api.md, for statuses other than
/// 2xx. 401 is here what it means when it comes twice.
ErrorClass class_of(unsigned status, WhenMissing when_missing);

/// The later one of Retry-After (seconds or an HTTP date) and x-ratelimit-reset (Unix seconds, on a
/// refusal or when nothing remains); at most a day ahead; nothing when neither lies in the future.
std::optional<Instant> asked_to_wait_until(const WireAnswer& answer, Instant now);

/// RFC 9110, 5.6.7: all three forms.
std::optional<Instant> parse_http_date(const std::string& text);

/// The scopes that a text mentions: `update:groups`.
std::string scopes_named_in(std::string_view text);

}  // namespace rosterd::extension
