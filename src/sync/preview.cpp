#include "rosterd/sync/preview.hpp"

#include "account_resolver.hpp"
#include "fold_round.hpp"
#include "rosterd/sync/tenant_mirror.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <unordered_map>
#include <utility>

namespace rosterd::sync {

namespace {

/// The people and events as the worker would have taken them.
Work work_of(PreviewInput input) {
  Work work;
  for (WorkPerson& person : input.people) {
    PersonId id = person.record.id;
    work.people.emplace(std::move(id), std::move(person));
  }
  EventId arrival = 0;
  for (const auto& [id, person] : work.people) {
    arrival = std::max(arrival, person.record.newest.arrival);
  }
  for (ChangeEvent& event : input.events) {
    work.people[event.person].record.id = event.person;
    DueEvent due;
    due.id = ++arrival;
    due.event = std::move(event);
    work.events.push_back(std::move(due));
  }
  return work;
}

std::string problem_text(const LinkOutcome& outcome) {
  if (outcome.error) return outcome.error->text;
  if (!outcome.detail.empty()) return outcome.detail;
  return "no account of the tenant belongs to this person yet";
}

ErrorClass problem_class(const LinkOutcome& outcome) {
  switch (outcome.kind) {
    case LinkOutcome::Kind::ambiguous:
      return ErrorClass::ambiguous_account;
    case LinkOutcome::Kind::conflict:
      return ErrorClass::conflict;
    case LinkOutcome::Kind::failed:
      return outcome.error->error;
    case LinkOutcome::Kind::deferred:
      return ErrorClass::paused;
    case LinkOutcome::Kind::none:
    case LinkOutcome::Kind::linked:
      return ErrorClass::no_account;
  }
  std::abort();
}

Task<bool> never() {
  co_return false;
}

struct Drafts {
  std::map<PersonId, Subject> subjects;
  std::vector<LinkRequest> requests;
};

Drafts drafts_of(
    const Work& work,
    const FoldedRound& folded,
    const Policy& policy,
    const TimeZones& zones,
    Instant now
) {
  Drafts drafts;
  for (const auto& [id, known] : work.people) {
    const PersonRecord& record = folded.records.at(id);
    if (!known.exists && !folded.open.contains(id)) continue;
    Subject subject;
    subject.person = id;
    subject.lifecycle = lifecycle_of(record.attributes, policy.lifecycle, zones, now);
    subject.desired = desired_for(policy, record.attributes, subject.lifecycle);
    subject.accounts = known.accounts;
    subject.ledger = known.ledger;
    if (subject.accounts.empty() || folded.relink.contains(id)) {
      LinkRequest request;
      request.person = id;
      request.attributes = record.attributes;
      drafts.requests.push_back(std::move(request));
    }
    drafts.subjects.emplace(id, std::move(subject));
  }
  return drafts;
}

void note_scheduled(const Work& work, const FoldedRound& folded, Preview& preview) {
  std::unordered_map<EventId, Instant> scheduled;
  for (const EventResult& result : folded.settled) {
    if (result.state == EventState::scheduled) scheduled[result.id] = *result.next_attempt_at;
  }
  for (const DueEvent& due : work.events) {
    const auto found = scheduled.find(due.id);
    if (found != scheduled.end()) preview.people[due.event.person].effective_at = found->second;
  }
}

}  // namespace

Task<Answer<Preview>> Previewer::preview(PreviewInput input) {
  const Instant now = parts_.clock.now();
  const Work work = work_of(std::move(input));
  const FoldedRound folded = fold_round(work, *policy_, parts_.zones, now, Duration{0});
  Drafts drafts = drafts_of(work, folded, *policy_, parts_.zones, now);

  TenantMirror mirror(parts_.target, parts_.clock);
  const auto unread = co_await mirror.read(TenantMirror::Parts());
  if (unread) co_return *unread;

  AccountResolver resolver(parts_.accounts, parts_.links, policy_, bulk_lookup_min_);
  std::function<Task<bool>()> not_interrupted = never;
  const auto links =
      co_await resolver.resolve(std::move(drafts.requests), std::move(not_interrupted));

  Preview preview;
  for (const auto& [id, outcome] : links) {
    if (outcome.kind == LinkOutcome::Kind::linked) {
      drafts.subjects.at(id).accounts = outcome.accounts;
      continue;
    }
    const Subject& subject = drafts.subjects.at(id);
    const bool nothing_wanted = outcome.kind == LinkOutcome::Kind::none &&
                                (subject.desired.empty() || !subject.accounts.empty());
    if (nothing_wanted) continue;
    preview.people[id].problem = problem_text(outcome);
    preview.people[id].error = problem_class(outcome);
  }
  std::vector<Subject> planned;
  for (auto& [id, subject] : drafts.subjects) {
    Preview::Person& person = preview.people[id];
    person.lifecycle = subject.lifecycle;
    person.accounts = subject.accounts;
    if (person.problem.empty()) planned.push_back(std::move(subject));
  }
  note_scheduled(work, folded, preview);
  preview.plan = diff(planned, mirror.state(), *policy_);
  preview.calls = operations(preview.plan, parts_.target.body_bytes_max()).size();
  co_return preview;
}

}  // namespace rosterd::sync
