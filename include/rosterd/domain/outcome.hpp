#pragma once

#include "rosterd/base/instant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd {

/// Why something did not work, in the words of extension-api.md ("Errors and what becomes of the
/// event") plus what only we can find out. Decides between waiting, retrying and giving up.
enum class ErrorClass {
  authentication,       ///< 401 twice: pause the target and probe
  configuration,        ///< 403, certificate: pause the target, a person must act
  stale_catalogue,      ///< 404 on add: reload groups and roles once
  permanent,            ///< 400 and the like: trying again cannot help
  transient,            ///< 5xx, refused, reset before the request was written
  throttled,            ///< 429: wait, uncounted
  unknown,              ///< the request was written and no whole answer came: read, then decide
  paused,               ///< not tried: breaker open, target paused, shutting down; uncounted
  contended,            ///< acknowledged again and again, and gone each time it was read back
  no_account,           ///< the person has no account yet: wait
  ambiguous_account,    ///< several accounts answer: a person must choose
  conflict,             ///< the account belongs to another person
  unknown_entitlement,  ///< the policy names a group or role that the tenant does not have
  invalid,              ///< the event cannot be understood
  poison,               ///< the process died on it again and again
  storage_full,         ///< the tenant's storage has no room for what would be granted; uncounted
};

std::string_view to_string(ErrorClass error_class);
std::optional<ErrorClass> error_class(std::string_view text);
const std::vector<ErrorClass>& all_error_classes();

/// States of an event in the outbox (design.md 2).
enum class EventState {
  pending,
  running,
  scheduled,
  waiting,
  retrying,
  held,
  applied,
  superseded,
  ignored,
  cancelled,
  dead,
};

std::string_view to_string(EventState state);
std::optional<EventState> event_state(std::string_view text);
bool is_final(EventState state);
const std::vector<EventState>& all_event_states();

}  // namespace rosterd
