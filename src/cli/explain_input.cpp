#include "explain_input.hpp"

#include "people.hpp"

namespace rosterd::cli {

sync::ExplainInput explain_input(
    Views& views, const PersonRow& row, const GuardSettings& guard, Instant now
) {
  sync::ExplainInput input;
  input.person = {
      .record = row.record,
      .exists = true,
      .accounts = row.accounts,
      .ledger = row.ledger,
      .account_recheck_at = row.account_recheck_at,
      .due_at = row.next_due_at};
  input.next_due_at = row.next_due_at;
  input.events = events_of(views, row.record.id);
  input.guard = views.guard_state(now, guard.longest_window());
  input.drift = views.drift();
  input.residual = views.residual(row.record.id);
  return input;
}

}  // namespace rosterd::cli
