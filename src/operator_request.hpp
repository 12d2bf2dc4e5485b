#pragma once

#include "rosterd/base/result.hpp"
#include "rosterd/ports/views.hpp"
#include "rosterd/sync/engine.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace rosterd {

/// What is wrong with the body of a request, for whoever sent it.
struct RequestError {
  RequestError() = default;
  explicit RequestError(std::string text_) : text(std::move(text_)) {}

  std::string text;
};

/// `{ids, person, states, class, source, from, to, reason, by}` of `/api/events/…`.
struct EventsRequest {
  EventSelection selection;  ///< never empty
  std::string reason;
  std::string by;
};

/// `{"repair"}` of `/api/reconcile`.
struct ReconcileRequest {
  bool repair = false;
};

/// `{"sha256"}` of `/api/drops/NAME/approve`.
struct FileApproval {
  std::string sha256;  ///< 64 hexadecimal digits in lower case
};

/// The bodies that the operator's API takes, read strictly: a key that is not known, a filter that
/// was left out or a list of nothing would do more than was meant.
Result<EventsRequest, RequestError> read_events_request(std::string_view body);
/// `{"hash", "people", "approve", "by", "note"}` of `/api/holds/decide`; without `people`: all.
Result<sync::HoldDecision, RequestError> read_hold_decision(std::string_view body);
Result<ReconcileRequest, RequestError> read_reconcile_request(std::string_view body);
Result<FileApproval, RequestError> read_file_approval(std::string_view body);

/// The same, for those who ask.
std::string json_of_request(const EventsRequest& request);
std::string json_of_request(const sync::HoldDecision& decision);

}  // namespace rosterd
