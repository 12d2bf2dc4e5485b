#include "rosterd/domain/outcome.hpp"

#include "domain/enum_names.hpp"

#include <cstdlib>

namespace rosterd {

namespace {

constexpr ErrorClass last_error_class = ErrorClass::storage_full;

}  // namespace

std::string_view to_string(ErrorClass error_class) {
  switch (error_class) {
    case ErrorClass::authentication:
      return "authentication";
    case ErrorClass::configuration:
      return "configuration";
    case ErrorClass::stale_catalogue:
      return "stale_catalogue";
    case ErrorClass::permanent:
      return "permanent";
    case ErrorClass::transient:
      return "transient";
    case ErrorClass::throttled:
      return "throttled";
    case ErrorClass::unknown:
      return "unknown";
    case ErrorClass::paused:
      return "paused";
    case ErrorClass::contended:
      return "contended";
    case ErrorClass::no_account:
      return "no_account";
    case ErrorClass::ambiguous_account:
      return "ambiguous_account";
    case ErrorClass::conflict:
      return "conflict";
    case ErrorClass::unknown_entitlement:
      return "unknown_entitlement";
    case ErrorClass::invalid:
      return "invalid";
    case ErrorClass::poison:
      return "poison";
    case ErrorClass::storage_full:
      return "storage_full";
  }
  std::abort();
}

std::optional<ErrorClass> error_class(std::string_view text) {
  return enum_named(text, last_error_class);
}

const std::vector<ErrorClass>& all_error_classes() {
  static const std::vector<ErrorClass> classes = [] {
    std::vector<ErrorClass> all;
    for (int i = 0; i <= static_cast<int>(last_error_class); ++i) {
      all.push_back(static_cast<ErrorClass>(i));
    }
    return all;
  }();
  return classes;
}

std::string_view to_string(EventState state) {
  switch (state) {
    case EventState::pending:
      return "pending";
    case EventState::running:
      return "running";
    case EventState::scheduled:
      return "scheduled";
    case EventState::waiting:
      return "waiting";
    case EventState::retrying:
      return "retrying";
    case EventState::held:
      return "held";
    case EventState::applied:
      return "applied";
    case EventState::superseded:
      return "superseded";
    case EventState::ignored:
      return "ignored";
    case EventState::cancelled:
      return "cancelled";
    case EventState::dead:
      return "dead";
  }
  std::abort();
}

std::optional<EventState> event_state(std::string_view text) {
  return enum_named(text, EventState::dead);
}

bool is_final(EventState state) {
  switch (state) {
    case EventState::pending:
    case EventState::running:
    case EventState::scheduled:
    case EventState::waiting:
    case EventState::retrying:
    case EventState::held:
      return false;
    case EventState::applied:
    case EventState::superseded:
    case EventState::ignored:
    case EventState::cancelled:
    case EventState::dead:
      return true;
  }
  std::abort();
}

const std::vector<EventState>& all_event_states() {
  static const std::vector<EventState> states = {
      EventState::pending,
      EventState::running,
      EventState::scheduled,
      EventState::waiting,
      EventState::retrying,
      EventState::held,
      EventState::applied,
      EventState::superseded,
      EventState::ignored,
      EventState::cancelled,
      EventState::dead,
  };
  return states;
}

}  // namespace rosterd
