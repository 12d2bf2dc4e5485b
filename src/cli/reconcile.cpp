#include "ask_daemon.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "drift_output.hpp"
#include "exit_code.hpp"
#include "json.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>

namespace rosterd::cli {

namespace {

using Json = nlohmann::ordered_json;

/// A round of the worker goes first, then accounts may have to be looked up, one call each.
constexpr std::chrono::hours answer_max{1};

ReconcileReport ask_for_report(const Config& config, bool repair) {
  Json body;
  body["repair"] = repair;
  DaemonPost post;
  post.target = "/api/reconcile";
  post.json = body.dump();
  post.answer_max = answer_max;
  post.doing = "the daemon compares everybody with the tenant, which may take minutes";
  const http::UnixAnswer answer = ask_running_daemon(config, post);
  if (answer.status != 200) refused(answer);
  const auto report = reconcile_report_of(Json::parse(answer.body, nullptr, false));
  if (report) return *report;
  throw CommandError(
      exit_code::failed, "the daemon's report cannot be understood; is it of this version?"
  );
}

}  // namespace

int run(const ReconcileCommand& command) {
  const Config config = load_config_without_secrets(command.common);
  const ReconcileReport report = ask_for_report(config, !command.dry_run);
  const auto rows = load_views(config)->drift();
  if (command.common.json) {
    Json json;
    json["report"] = json_of(report);
    json["drift"] = Json::array();
    for (const DriftRow& row : rows) json["drift"].push_back(json_of(row));
    std::cout << json.dump(2) << '\n';
  } else {
    print_reconciliation(report, rows, std::cout);
  }
  return exit_code_of(report);
}

}  // namespace rosterd::cli
