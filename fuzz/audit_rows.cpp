#include "cli/audit_rows.hpp"

#include "fuzzing.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/ingest/csv_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

// The texts of an entry of the audit, separated by NUL bytes.

namespace rosterd {
namespace {

std::vector<std::string> texts_of(std::string_view input) {
  std::vector<std::string> texts;
  while (!input.empty()) {
    const std::string_view text = input.substr(0, input.find('\0'));
    texts.emplace_back(text);
    input.remove_prefix(std::min(text.size() + 1, input.size()));
  }
  texts.resize(10);
  return texts;
}

AuditRow row_of(const std::vector<std::string>& texts) {
  AuditRow row;
  row.id = static_cast<std::int64_t>(texts[0].size()) + 1;
  AuditEntry& entry = row.entry;
  entry.at = *parse_rfc3339("2026-03-02T09:00:00Z");
  entry.actor = texts[0];
  entry.action = texts[1];
  entry.person = PersonId(texts[2]);
  entry.account = AccountId(texts[3]);
  entry.entitlement = texts[4];
  entry.rule = texts[5];
  entry.policy_version = texts[6];
  entry.before = texts[7];
  entry.after = texts[8];
  entry.answer = texts[9];
  return row;
}

/// The row as any reader of CSV has it.
std::vector<std::string> read_back(const std::string& csv) {
  ingest::MemorySource source(csv);
  ingest::CsvFormat format;
  format.field_bytes_max = format.row_bytes_max;
  format.block_bytes = csv.size() + 1;
  ingest::CsvReader reader(source, format);
  std::vector<std::string> fields;
  const bool header = reader.next() == ingest::CsvReader::Step::row;
  fuzz::require(header, "the names of the columns are a row");
  reader.expect_fields(reader.row().fields.size());
  fuzz::require(reader.next() == ingest::CsvReader::Step::row, "a row is a row", csv);
  fields.assign(reader.row().fields.begin(), reader.row().fields.end());
  fuzz::require(reader.next() == ingest::CsvReader::Step::end, "and the only one", csv);
  return fields;
}

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  const auto texts = texts_of({reinterpret_cast<const char*>(data), size});
  const AuditRow row = row_of(texts);
  std::ostringstream csv;
  cli::write_csv_header(csv);
  cli::write_csv(row, csv);
  const auto fields = read_back(csv.str());
  const std::vector<std::string> shown = {
      fields[2],
      fields[3],
      fields[4],
      fields[5],
      fields[6],
      fields[8],
      fields[9],
      fields[10],
      fields[11],
      fields[12]};
  fuzz::require(shown == texts, "every text is read as it was written", csv.str());

  std::ostringstream line;
  cli::write_json_line(row, line);
  const std::string text = line.str();
  fuzz::require(text.find('\n') == text.size() - 1, "an entry is one line", text);
  fuzz::require(nlohmann::json::accept(text), "of JSON", text);

  AuditRow other = row;
  std::swap(other.entry.before, other.entry.after);
  const bool differ = row.entry.before != row.entry.after;
  const bool told = canonical_text(row.id, row.entry) != canonical_text(row.id, other.entry);
  fuzz::require(differ == told, "what differs is told apart", text);
  return 0;
}
