#include "applier.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <utility>

namespace rosterd::sync {

namespace {

bool writes(const Change& change) {
  return change.kind == Change::Kind::grant || change.kind == Change::Kind::revoke;
}

/// Whether the whole tenant is out of reach, so that further calls are of no use now.
bool ends_writing(ErrorClass error) {
  switch (error) {
    case ErrorClass::authentication:
    case ErrorClass::configuration:
    case ErrorClass::throttled:
    case ErrorClass::unknown:
    case ErrorClass::paused:
      return true;
    case ErrorClass::stale_catalogue:
    case ErrorClass::permanent:
    case ErrorClass::transient:
    case ErrorClass::contended:
    case ErrorClass::no_account:
    case ErrorClass::ambiguous_account:
    case ErrorClass::conflict:
    case ErrorClass::unknown_entitlement:
    case ErrorClass::invalid:
    case ErrorClass::poison:
      return false;
  }
  std::abort();
}

std::vector<AccountId> accounts_of(const Plan& plan, const Operation& operation) {
  std::vector<AccountId> accounts;
  accounts.reserve(operation.changes.size());
  for (const std::size_t index : operation.changes) accounts.push_back(plan.changes[index].account);
  return accounts;
}

std::vector<EntitlementId> roles_of(const Plan& plan, const Operation& operation) {
  std::vector<EntitlementId> roles;
  roles.reserve(operation.changes.size());
  for (const std::size_t index : operation.changes) {
    roles.push_back(plan.changes[index].entitlement.id);
  }
  return roles;
}

Trouble trouble_from(const TargetError& error) {
  Trouble trouble;
  trouble.error = error.error;
  trouble.reason = error.text;
  trouble.retry_at = error.retry_at;
  return trouble;
}

bool names_unknown(const Plan& plan) {
  return std::any_of(plan.unmet.begin(), plan.unmet.end(), [](const Unmet& unmet) {
    return unmet.why == Unmet::Why::unknown_entitlement;
  });
}

}  // namespace

Task<ApplyResult> Applier::apply(const std::vector<Subject>& subjects, Interrupted interrupted) {
  bool readable = parts_.mirror.known();
  if (!readable) readable = co_await refresh();
  for (int writes_done = 0; readable;) {
    result_.rest = diff(subjects, parts_.mirror.state(), parts_.policy);
    if (result_.fresh) count_lost(result_.rest);
    const Plan todo = sendable(result_.rest);
    const bool stop = stopped_by_ || cut_short_ || writes_done > rewrites_max_;
    const bool nothing_to_send = stop || !todo.touches_tenant();
    if (nothing_to_send && result_.fresh) break;
    // A name the tenant did not have may have been made since it was last read.
    const bool look_first = nothing_to_send || (names_unknown(result_.rest) && !result_.fresh);
    if (!look_first) {
      co_await send_all(todo, interrupted);
      ++writes_done;
    }
    readable = co_await refresh();
  }
  report(subjects);
  co_return std::move(result_);
}

Applier::Key Applier::key_of(const Change& change) {
  Key key;
  key.account = change.account;
  key.entitlement = change.entitlement;
  key.grant = change.kind == Change::Kind::grant;
  return key;
}

bool Applier::to_send(const Change& change) const {
  if (!writes(change)) return false;
  const auto track = tracks_.find(key_of(change));
  return track == tracks_.end() || !track->second.error;
}

Plan Applier::sendable(const Plan& plan) const {
  Plan todo;
  std::copy_if(
      plan.changes.begin(),
      plan.changes.end(),
      std::back_inserter(todo.changes),
      [this](const Change& change) { return to_send(change); }
  );
  return todo;
}

Task<bool> Applier::refresh() {
  result_.fresh = false;
  auto error = co_await parts_.mirror.read(TenantMirror::Parts());
  unread_ = std::move(error);
  result_.fresh = !unread_;
  co_return result_.fresh;
}

Task<void> Applier::send_all(const Plan& todo, const Interrupted& interrupted) {
  result_.fresh = false;
  const std::vector<Operation> calls = operations(todo, parts_.target.body_bytes_max());
  bool first = result_.calls == 0;
  for (const Operation& operation : calls) {
    if (!first) cut_short_ = co_await interrupted();
    first = false;
    if (cut_short_) co_return;
    const auto answer = co_await send(todo, operation);
    ++result_.calls;
    note(todo, operation, answer);
    if (stopped_by_) co_return;
  }
}

Task<Answer<Acknowledged>> Applier::send(const Plan& plan, const Operation& operation) {
  switch (operation.kind) {
    case Operation::Kind::add_members: {
      auto accounts = accounts_of(plan, operation);
      co_return co_await parts_.target.add_members(operation.group.id, std::move(accounts));
    }
    case Operation::Kind::remove_members: {
      auto accounts = accounts_of(plan, operation);
      co_return co_await parts_.target.remove_members(operation.group.id, std::move(accounts));
    }
    case Operation::Kind::add_roles: {
      auto roles = roles_of(plan, operation);
      co_return co_await parts_.target.add_roles(operation.account, std::move(roles));
    }
    case Operation::Kind::remove_roles: {
      auto roles = roles_of(plan, operation);
      co_return co_await parts_.target.remove_roles(operation.account, std::move(roles));
    }
  }
  std::abort();
}

void Applier::note(
    const Plan& plan, const Operation& operation, const Answer<Acknowledged>& answer
) {
  for (const std::size_t index : operation.changes) {
    Track& track = tracks_[key_of(plan.changes[index])];
    track.change = plan.changes[index];
    track.kind = operation.kind;
    track.sent_at = parts_.clock.now();
    track.status = answer ? answer->status : answer.error().status;
    track.acknowledged = answer.has_value();
    if (answer) continue;
    // After a 404 the catalogue is read again, and the call is worth one more try.
    const bool reload = answer.error().error == ErrorClass::stale_catalogue;
    if (!reload || track.missing_catalogue++ > 0) track.error = answer.error();
  }
  if (!answer && ends_writing(answer.error().error)) stopped_by_ = answer.error();
}

void Applier::count_lost(const Plan& plan) {
  for (const Change& change : plan.changes) {
    if (!writes(change)) continue;
    const auto track = tracks_.find(key_of(change));
    if (track == tracks_.end() || !track->second.acknowledged) continue;
    track->second.acknowledged = false;
    ++track->second.lost;
    ++result_.lost_writes;
  }
}

Trouble Applier::trouble_of(const Change& change) const {
  const auto track = tracks_.find(key_of(change));
  if (track != tracks_.end() && track->second.error) return trouble_from(*track->second.error);
  if (stopped_by_) return trouble_from(*stopped_by_);
  Trouble trouble;
  if (cut_short_) {
    trouble.cut_short = true;
    trouble.reason = "put off: somebody who has left comes first";
    return trouble;
  }
  trouble.error = ErrorClass::contended;
  const int lost = track == tracks_.end() ? 0 : track->second.lost;
  trouble.reason = std::string(change.kind == Change::Kind::grant ? "granting " : "removing ") +
                   to_string(change.name) + " was acknowledged " + std::to_string(lost) +
                   " times and undone each time: somebody else writes to it";
  return trouble;
}

void Applier::report(const std::vector<Subject>& subjects) {
  if (!result_.fresh) {
    result_.rest = Plan();
    const TargetError error = unread_ ? *unread_ : stopped_by_.value_or(TargetError());
    for (const Subject& subject : subjects) {
      result_.trouble.emplace(subject.person, trouble_from(error));
    }
  }
  for (const Change& change : result_.rest.changes) {
    if (writes(change)) result_.trouble.emplace(change.person, trouble_of(change));
  }
  for (const Unmet& unmet : result_.rest.unmet) {
    if (unmet.why != Unmet::Why::unknown_entitlement) continue;
    Trouble trouble;
    trouble.error = ErrorClass::unknown_entitlement;
    trouble.reason = "the tenant has no " + std::string(to_string(unmet.name.kind)) + " " +
                     to_string(unmet.name);
    result_.trouble.emplace(unmet.person, std::move(trouble));
  }
  record_operations();
}

void Applier::record_operations() {
  std::set<Key> open;
  for (const Change& change : result_.rest.changes) {
    if (writes(change)) open.insert(key_of(change));
  }
  for (const auto& [key, track] : tracks_) {
    OperationRecord record;
    record.kind = track.kind;
    record.entitlement = key.entitlement;
    record.name = track.change.name;
    record.account = key.account;
    record.person = track.change.person;
    record.event = track.change.event;
    record.reason = track.change.reason;
    record.policy_version = parts_.policy.version;
    record.sent_at = track.sent_at;
    record.status = track.status;
    record.lost = track.lost;
    if (result_.fresh && !open.contains(key)) record.verified_at = parts_.mirror.state().read_at;
    result_.operations.push_back(std::move(record));
  }
}

}  // namespace rosterd::sync
