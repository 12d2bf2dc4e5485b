#pragma once

#include "rosterd/domain/audit.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/views.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rosterd::cli {

/// What walking the chain of the audit came to.
struct ChainFinding {
  std::uint64_t rows = 0;  ///< whole ones, before the first broken one
  std::optional<Instant> first_at;
  std::optional<Instant> last_at;
  Digest head = audit_origin;      ///< of the last whole row, else of the anchor
  std::optional<AuditRow> broken;  ///< the first row that does not follow from the one before
  bool noted_found = false;        ///< the noted head is a hash of the chain
};

/// Follows the chain, row by row, as it is read.
class ChainWalk {
 public:
  /// `noted` is a hash in lower case that somebody wrote down earlier; empty: nobody did. `crypto`
  /// outlives the walk.
  ChainWalk(const Crypto& crypto, const Views::AuditAnchor& anchor, std::string noted);

  /// Rows after a broken one are passed over: nothing follows from them.
  void take(const AuditRow& row);

  const ChainFinding& finding() const { return finding_; }

 private:
  Digest hash_of(const AuditRow& row);

  const Crypto& crypto_;
  std::string noted_;
  std::string chained_;  // kept for its room
  ChainFinding finding_;
};

/// Whole, and with the noted head where one is demanded.
bool is_intact(const ChainFinding& finding, const std::string& noted);

/// The sentence for people: how many rows, from when to when, and the head; or where it breaks.
std::string in_words(const ChainFinding& finding, const std::string& noted);

}  // namespace rosterd::cli
