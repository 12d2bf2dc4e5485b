#include "rosterd/sync/preview.hpp"

#include "account_resolver.hpp"
#include "fold_round.hpp"
#include "link_decision.hpp"
#include "read_only_target.hpp"
#include "rosterd/sync/tenant_mirror.hpp"
#include "subject.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>

namespace rosterd::sync {

namespace {

/// The people and events as the worker would have taken them.
Work work_of(PreviewInput input, Instant now) {
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
    due.received_at = now;
    due.event = std::move(event);
    work.events.push_back(std::move(due));
  }
  return work;
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
    if (is_blank(record)) continue;
    Subject subject = subject_of(known, record, policy, zones, now);
    const bool changed =
        folded.relink.contains(id) || comes_back(known, subject, policy, zones, now);
    if (subject.accounts.empty() || wants_relink(known, changed, now)) {
      LinkRequest request;
      request.person = id;
      request.attributes = record.attributes;
      request.left = has_left(subject);
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
  const GuardState guard_state = std::move(input.guard);
  const Work work = work_of(std::move(input), now);
  const FoldedRound folded = fold_round(work, *policy_, parts_.zones, now, Duration{0});
  Drafts drafts = drafts_of(work, folded, *policy_, parts_.zones, now);

  ReadOnlyTarget tenant(parts_.target);
  TenantMirror mirror(tenant, parts_.clock);
  const auto unread = co_await mirror.read();
  if (unread) co_return *unread;

  AccountResolver resolver(parts_.accounts, parts_.links, policy_, bulk_lookup_min_);
  AccountResolver::Questions questions;
  questions.interrupted = never;
  questions.has_left = [&](const WorkPerson& person) {
    return has_left(person, *policy_, parts_.zones, now);
  };
  const auto links = co_await resolver.resolve(std::move(drafts.requests), std::move(questions));

  Preview preview;
  std::set<PersonId> left_out;
  for (const auto& [id, outcome] : links) {
    Subject& subject = drafts.subjects.at(id);
    LinkDecision decision = decide_link(subject, work.people.at(id).accounts, outcome);
    subject.accounts = std::move(decision.accounts);
    if (!decision.plan) left_out.insert(id);
    if (!decision.trouble) continue;
    preview.people[id].problem = decision.trouble->reason;
    preview.people[id].error = decision.trouble->error;
  }
  std::vector<Subject> planned;
  for (auto& [id, subject] : drafts.subjects) {
    Preview::Person& person = preview.people[id];
    person.lifecycle = subject.lifecycle;
    person.accounts = subject.accounts;
    if (!left_out.contains(id)) planned.push_back(std::move(subject));
  }
  note_scheduled(work, folded, preview);
  preview.plan = diff(planned, mirror.state(), *policy_);
  preview.verdict = guard(preview.plan, mirror.state(), guard_state, guard_, now);
  preview.tenant = mirror.state();
  preview.calls = operations(preview.plan, tenant.body_bytes_max()).size();
  co_return preview;
}

}  // namespace rosterd::sync
