#include "adapters/sqlite/intakes.hpp"

#include <stdexcept>

namespace rosterd::sqlite {

Intake decode_intake(Row row) {
  Intake intake;
  intake.id = row.integer(0);
  intake.source = row.text(1);
  intake.file_name = row.text(2);
  intake.sha256 = row.digest(3);
  const auto state = intake_state(row.text(4));
  if (!state) throw std::runtime_error("the store holds an intake in a state nobody knows");
  intake.state = *state;
  intake.taken_at = row.instant(5);
  intake.finished_at = row.optional_instant(6);
  intake.rows = row.count(7);
  intake.rows_failed = row.count(8);
  intake.people = row.count(9);
  intake.quarantined = row.count(10);
  intake.joined = row.count(11);
  intake.changed = row.count(12);
  intake.left = row.count(13);
  intake.unchanged = row.count(14);
  intake.reason = row.text(15);
  return intake;
}

}  // namespace rosterd::sqlite
