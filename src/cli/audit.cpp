#include "audit_chain.hpp"
#include "audit_rows.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "progress_line.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <iostream>
#include <string>

namespace rosterd::cli {

namespace {

ChainFinding walked(Views& views, const Crypto& crypto, const std::string& noted) {
  constexpr std::uint64_t rows_between_signs = 10'000;
  ProgressLine line;
  for (;;) {
    const Views::AuditAnchor anchor = views.audit_anchor();
    ChainWalk walk(crypto, anchor, noted);
    std::uint64_t rows = 0;
    views.audit(std::nullopt, std::nullopt, [&](const AuditRow& row) {
      walk.take(row);
      if (++rows % rows_between_signs == 0) {
        line.show("verifying: " + std::to_string(rows) + " rows");
      }
    });
    // The daemon may have deleted the oldest rows after the anchor was read: then nothing follows
    // from it.
    const bool moved = views.audit_anchor().id != anchor.id;
    const bool at_the_start = walk.finding().broken && walk.finding().rows == 0;
    if (!moved || !at_the_start) return walk.finding();
  }
}

nlohmann::ordered_json json_of_finding(const ChainFinding& finding, const std::string& noted) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["intact"] = is_intact(finding, noted);
  json["rows"] = finding.rows;
  json["first_at"] = json_of(finding.first_at);
  json["last_at"] = json_of(finding.last_at);
  json["head"] = to_hex(finding.head);
  json["noted_head_found"] = noted.empty() ? Json(nullptr) : Json(finding.noted_found);
  json["broken"] = nullptr;
  if (finding.broken) {
    Json broken;
    broken["id"] = finding.broken->id;
    broken["at"] = to_string(finding.broken->entry.at);
    broken["action"] = finding.broken->entry.action;
    json["broken"] = std::move(broken);
  }
  return json;
}

}  // namespace

int run(const AuditExport& command) {
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  std::ostream& out = std::cout;
  if (command.csv) write_csv_header(out);
  const auto write = command.csv ? write_csv : write_json_line;
  views->audit(command.from, command.to, [&](const AuditRow& row) {
    write(row, out);
    if (!out) throw CommandError(exit_code::failed, "the record could not be written");
  });
  out.flush();
  if (!out) throw CommandError(exit_code::failed, "the record could not be written whole");
  return exit_code::done;
}

int run(const AuditVerify& command) {
  const World world = make_world();
  const Config config = load_config_without_secrets(command.common);
  const auto views = load_views(config);
  const ChainFinding finding = walked(*views, *world.crypto, command.head);
  const bool intact = is_intact(finding, command.head);
  if (command.common.json) {
    std::cout << json_of_finding(finding, command.head).dump(2) << '\n';
    return intact ? exit_code::done : exit_code::failed;
  }
  if (!intact) throw CommandError(exit_code::failed, in_words(finding, command.head));
  std::cout << in_words(finding, command.head) << '\n';
  if (command.head.empty() && finding.rows > 0) {
    std::cout << "Note the head elsewhere: rosterd audit verify --head shows later that nothing up "
                 "to it was cut off.\n";
  }
  return exit_code::done;
}

}  // namespace rosterd::cli
