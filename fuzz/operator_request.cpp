#include "operator_request.hpp"

#include "cli/json.hpp"
#include "fuzzing.hpp"
#include "request_query.hpp"
#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

// First line: the target of a request. Below it a body, or an answer of the daemon.

namespace rosterd {
namespace {

void require_events_request(std::string_view body) {
  const auto request = read_events_request(body);
  if (!request) return fuzz::require_sentence(request.error().text, 1000);
  fuzz::require(!request->selection.empty(), "nobody means every event there is");
  fuzz::require(!trim(request->by).empty(), "somebody asks");
  const std::string written = json_of_request(*request);
  const auto again = read_events_request(written);
  fuzz::require(again.has_value(), "a request is read as written", written);
  fuzz::require(json_of_request(*again) == written, "and says the same", written);
}

void require_decision(std::string_view body) {
  const auto decision = read_hold_decision(body);
  if (!decision) return fuzz::require_sentence(decision.error().text, 1000);
  fuzz::require(decision->hash.size() == 64, "a decision is about one hold", decision->hash);
  const std::string written = json_of_request(*decision);
  const auto again = read_hold_decision(written);
  fuzz::require(again && json_of_request(*again) == written, "it is read as written", written);
}

void require_other_requests(std::string_view body) {
  const auto reconcile = read_reconcile_request(body);
  if (!reconcile) fuzz::require_sentence(reconcile.error().text, 1000);
  const auto approval = read_file_approval(body);
  if (!approval) return fuzz::require_sentence(approval.error().text, 1000);
  fuzz::require(approval->sha256.size() == 64, "an approval is of one file", approval->sha256);
}

/// What the daemon said is shown as it was said.
void require_answers(std::string_view body) {
  const auto json = nlohmann::ordered_json::parse(body, nullptr, false);
  if (json.is_discarded()) return;
  if (const auto hold = cli::hold_of(json)) {
    const auto shown = cli::json_of(*hold);
    const auto again = cli::hold_of(shown);
    fuzz::require(again && cli::json_of(*again) == shown, "a hold is read as shown", shown.dump());
  }
  if (const auto report = cli::reconcile_report_of(json)) {
    const auto shown = cli::json_of(*report);
    const auto again = cli::reconcile_report_of(shown);
    fuzz::require(again && cli::json_of(*again) == shown, "a report is, too", shown.dump());
  }
}

void require_query(std::string_view target) {
  RequestQuery query(target);
  query.text("search");
  query.flag("all");
  const auto before = query.id("before");
  fuzz::require(!before || *before > 0, "an id is above nothing");
  const std::size_t limit = query.limit(50, 1000);
  fuzz::require(limit >= 1 && limit <= 1000, "a list has an end");
  query.known("state", event_state);
  if (const auto problem = query.problem()) fuzz::require_sentence(*problem, 1000);
}

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  fuzz::Input input(data, size);
  require_query(input.line());
  require_events_request(input.rest());
  require_decision(input.rest());
  require_other_requests(input.rest());
  require_answers(input.rest());
  return 0;
}
