#pragma once

#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/writer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sqlite {

/// The policy in force, and the walk over everybody that a change of it asks for: a slice at a
/// time, so that a million people are never looked through at once.
class PolicySweep {
 public:
  explicit PolicySweep(const SQLite::Database& database);

  /// Gives whether the policy is another one than before.
  bool use(
      Transaction& transaction, const std::string& version, const std::string& text, Instant now
  );

  /// The next people whose last decision was made under another policy, at most `people_max`. Who
  /// is not decided comes again on the next walk; a walk that finds nobody is the last.
  std::vector<PersonId> next(Transaction& transaction, Instant now, std::size_t people_max);

  /// Whether a walk is under way.
  bool is_walking() const { return walking_; }

  /// What a decision is marked with that is made from what was taken last.
  std::int64_t decided_under() const { return taken_under_; }
  const std::string& decided_version() const { return taken_version_; }
  /// When that was taken.
  Instant taken_at() const { return taken_at_; }

  /// Of the policy in force; empty: none yet.
  const std::string& version() const { return version_; }

 private:
  void take_back_with(Transaction& transaction);

  Query insert_, settle_, undecided_;
  std::int64_t current_ = 0;  // id of the policy_version in force; 0: none yet
  std::int64_t taken_under_ = 0;
  std::string taken_version_;
  Instant taken_at_{};
  std::string version_;
  bool walking_ = false;
  std::string after_;
};

}  // namespace rosterd::sqlite
