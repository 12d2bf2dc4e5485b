#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/domain/hold.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sqlite {

/// Oldest first.
std::vector<Hold> holds_in_force(const SQLite::Database& database);
/// Newest first.
std::vector<Hold> holds_over(const SQLite::Database& database, std::size_t limit);
void add_removals(const SQLite::Database& database, std::vector<Hold>& holds);

/// Writes holds.
class Holds {
 public:
  explicit Holds(const SQLite::Database& database);

  /// Without its removals.
  std::optional<Hold> find(std::int64_t id);

  bool any_approved();
  /// Who approved that this is removed; nothing: no approved hold has it.
  std::optional<std::string> approver_of(const PersonId& person, const AssignmentKey& removal);

  /// Inserts it (id 0) or replaces it whole; gives its id. Of its removals, only rows that differ
  /// are written: a hold of thousands may grow by one again and again. Once it is over, none is
  /// kept.
  std::int64_t save(const Hold& hold, Instant at);

 private:
  std::int64_t save_head(const Hold& hold, Instant at);
  void replace_removals(std::int64_t hold, const std::vector<HeldRemoval>& removals);

  Query find_, any_approved_, approver_, insert_, update_, removals_, save_removal_,
      delete_removal_, delete_removals_;
};

}  // namespace rosterd::sqlite
