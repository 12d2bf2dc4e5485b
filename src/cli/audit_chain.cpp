#include "audit_chain.hpp"

#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <utility>

namespace rosterd::cli {

ChainWalk::ChainWalk(const Crypto& crypto, const Views::AuditAnchor& anchor, std::string noted)
    : crypto_(crypto), noted_(std::move(noted)) {
  finding_.head = anchor.hash;
  finding_.noted_found = to_hex(anchor.hash) == noted_;
}

void ChainWalk::take(const AuditRow& row) {
  if (finding_.broken) return;
  if (hash_of(row) != row.hash) {
    finding_.broken = row;
    return;
  }
  finding_.head = row.hash;
  ++finding_.rows;
  if (!finding_.first_at) finding_.first_at = row.entry.at;
  finding_.last_at = row.entry.at;
  if (!noted_.empty() && to_hex(row.hash) == noted_) finding_.noted_found = true;
}

Digest ChainWalk::hash_of(const AuditRow& row) {
  chained_.assign(reinterpret_cast<const char*>(finding_.head.data()), finding_.head.size());
  chained_ += canonical_text(row.id, row.entry);
  return crypto_.sha256(chained_);
}

bool is_intact(const ChainFinding& finding, const std::string& noted) {
  return !finding.broken && (noted.empty() || finding.noted_found);
}

std::string in_words(const ChainFinding& finding, const std::string& noted) {
  if (finding.broken) {
    const AuditRow& row = *finding.broken;
    return "the chain breaks at row " + std::to_string(row.id) + " (" + to_string(row.entry.at) +
           ", " + printable(row.entry.action) +
           "): it was changed, or a row before it was taken out or put in; " +
           counted(finding.rows, "row before it is", "rows before it are") + " whole";
  }
  std::string text = counted(finding.rows, "row", "rows");
  if (finding.first_at) {
    text += ", from " + to_string(*finding.first_at) + " to " + to_string(*finding.last_at);
  }
  text += ", head " + to_hex(finding.head);
  if (is_intact(finding, noted)) return text;
  return text + "; each follows from the one before, but " + noted +
         " is not among them: rows at the end were cut off, or the record was made anew";
}

}  // namespace rosterd::cli
