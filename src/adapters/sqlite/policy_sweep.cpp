#include "adapters/sqlite/policy_sweep.hpp"

namespace rosterd::sqlite {

PolicySweep::PolicySweep(const SQLite::Database& database)
    : insert_(
          database,
          "INSERT INTO policy_version (version, text, since) VALUES (?, ?, ?) RETURNING id"
      ),
      settle_(database, "UPDATE policy_version SET settled = 1 WHERE id = ?"),
      undecided_(
          database, "SELECT id FROM person WHERE id > ? AND policy <> ? ORDER BY id LIMIT ?"
      ) {
  Query newest(
      database, "SELECT id, version, settled FROM policy_version ORDER BY id DESC LIMIT 1"
  );
  newest.first([&](Row row) {
    current_ = row.integer(0);
    version_ = row.text(1);
    walking_ = !row.flag(2);
  });
  taken_under_ = current_;
  taken_version_ = version_;
}

bool PolicySweep::use(
    Transaction& transaction, const std::string& version, const std::string& text, Instant now
) {
  if (current_ != 0 && version == version_) return false;
  take_back_with(transaction);
  current_ = insert_.number(version, text, now).value();
  version_ = version;
  walking_ = true;
  after_.clear();
  return true;
}

std::vector<PersonId> PolicySweep::next(
    Transaction& transaction, Instant now, std::size_t people_max
) {
  take_back_with(transaction);
  taken_under_ = current_;
  taken_version_ = version_;
  taken_at_ = now;
  std::vector<PersonId> people;
  if (!walking_ || people_max == 0) return people;

  const bool from_the_start = after_.empty();
  undecided_.each([&](Row row) { people.emplace_back(row.text(0)); }, after_, current_, people_max);
  if (people.size() == people_max) {
    after_ = people.back().value;
  } else if (people.empty() && from_the_start) {
    walking_ = false;
    settle_.run(current_);
  } else {
    after_.clear();
  }
  return people;
}

void PolicySweep::take_back_with(Transaction& transaction) {
  transaction.on_rollback([this,
                           current = current_,
                           taken_under = taken_under_,
                           taken_version = taken_version_,
                           taken_at = taken_at_,
                           version = version_,
                           walking = walking_,
                           after = after_] {
    current_ = current;
    taken_under_ = taken_under;
    taken_version_ = taken_version;
    taken_at_ = taken_at;
    version_ = version;
    walking_ = walking;
    after_ = after;
  });
}

}  // namespace rosterd::sqlite
