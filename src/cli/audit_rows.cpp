#include "audit_rows.hpp"

#include "json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rosterd::cli {

namespace {

constexpr std::string_view line_end = "\r\n";

std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void write(const std::vector<std::string>& fields, std::ostream& out) {
  bool first = true;
  for (const std::string& one : fields) {
    if (!first) out << ',';
    first = false;
    out << field(one);
  }
  out << line_end;
}

}  // namespace

void write_csv_header(std::ostream& out) {
  write(
      {"id",
       "at",
       "actor",
       "action",
       "person",
       "account",
       "entitlement",
       "event",
       "rule",
       "policy_version",
       "before",
       "after",
       "answer",
       "verified_at",
       "hash"},
      out
  );
}

void write_csv(const AuditRow& row, std::ostream& out) {
  const AuditEntry& entry = row.entry;
  write(
      {std::to_string(row.id),
       to_string(entry.at),
       entry.actor,
       entry.action,
       entry.person.value,
       entry.account.value,
       entry.entitlement,
       entry.event == 0 ? "" : std::to_string(entry.event),
       entry.rule,
       entry.policy_version,
       entry.before,
       entry.after,
       entry.answer,
       entry.verified_at ? to_string(*entry.verified_at) : "",
       to_hex(row.hash)},
      out
  );
}

void write_json_line(const AuditRow& row, std::ostream& out) {
  constexpr auto never_throws = nlohmann::ordered_json::error_handler_t::replace;
  out << json_of(row).dump(-1, ' ', false, never_throws) << '\n';
}

}  // namespace rosterd::cli
