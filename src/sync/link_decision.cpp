#include "link_decision.hpp"

#include "subject.hpp"

#include <algorithm>
#include <utility>

namespace rosterd::sync {

namespace {

Trouble trouble_of(ErrorClass error, std::string reason) {
  Trouble trouble;
  trouble.error = error;
  trouble.reason = std::move(reason);
  return trouble;
}

std::optional<Trouble> trouble_with(const LinkOutcome& outcome) {
  switch (outcome.kind) {
    case LinkOutcome::Kind::linked:
    case LinkOutcome::Kind::none:
      return std::nullopt;
    case LinkOutcome::Kind::ambiguous:
      return trouble_of(ErrorClass::ambiguous_account, outcome.detail);
    case LinkOutcome::Kind::conflict:
      return trouble_of(ErrorClass::conflict, outcome.detail);
    case LinkOutcome::Kind::failed: {
      Trouble trouble = trouble_of(outcome.error->error, outcome.error->text);
      trouble.retry_at = outcome.error->retry_at;
      return trouble;
    }
    case LinkOutcome::Kind::deferred: {
      Trouble trouble = trouble_of(ErrorClass::paused, "put off: the round was cut short");
      trouble.cut_short = true;
      return trouble;
    }
  }
  std::abort();
}

void add_missing(std::vector<AccountId>& accounts, const std::vector<AccountId>& more) {
  for (const AccountId& account : more) {
    if (std::find(accounts.begin(), accounts.end(), account) == accounts.end()) {
      accounts.push_back(account);
    }
  }
}

}  // namespace

bool wants_relink(const WorkPerson& known, bool changed, Instant now) {
  return changed || (known.account_recheck_at && *known.account_recheck_at <= now);
}

LinkDecision decide_link(
    const Subject& subject, const std::vector<AccountId>& known, const LinkOutcome& outcome
) {
  LinkDecision decision;
  decision.accounts = known;
  if (outcome.kind == LinkOutcome::Kind::linked) {
    if (!has_left(subject)) decision.accounts.clear();
    add_missing(decision.accounts, outcome.accounts);
    return decision;
  }
  // What is somebody else's is nothing that a leaver could lose.
  const bool loses_all_the_same =
      outcome.kind == LinkOutcome::Kind::conflict && !known.empty() && has_left(subject);
  if (loses_all_the_same) return decision;
  decision.trouble = trouble_with(outcome);
  if (decision.trouble) {
    // Who was asked about and found to have no other account goes on with the one that is known.
    const bool found_nothing_better =
        outcome.kind == LinkOutcome::Kind::conflict || outcome.kind == LinkOutcome::Kind::ambiguous;
    decision.plan = (found_nothing_better || subject.desired.empty()) && !known.empty();
  } else if (known.empty() && !subject.desired.empty()) {
    // Somebody without an account has nothing that could be taken away, and an account that was
    // found once stays when its address has not arrived in the tenant yet.
    decision.trouble =
        trouble_of(ErrorClass::no_account, "no account of the tenant belongs to this person yet");
    decision.plan = false;
  }
  return decision;
}

}  // namespace rosterd::sync
