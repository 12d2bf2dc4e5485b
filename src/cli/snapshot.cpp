#include "snapshot.hpp"

#include "rosterd/base/assert.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rosterd::cli {

namespace {

constexpr std::size_t page_rows = 5'000;
constexpr std::size_t open_events_max = 1'000'000;

WorkPerson work_person(PersonRow row) {
  WorkPerson person;
  person.record = std::move(row.record);
  person.exists = true;
  person.accounts = std::move(row.accounts);
  person.ledger = std::move(row.ledger);
  person.account_recheck_at = row.account_recheck_at;
  return person;
}

bool in_scope(const Attributes& attributes, const AttributePatch& scope) {
  return std::all_of(scope.begin(), scope.end(), [&](const auto& wanted) {
    const auto found = attributes.find(wanted.first);
    return wanted.second && found != attributes.end() &&
           equal_ignoring_case(to_text(found->second), to_text(*wanted.second));
  });
}

}  // namespace

Snapshot::Snapshot(Views* views) : views_(views) {
  if (views_ == nullptr) return;
  PersonId after;
  for (;;) {
    auto rows = views_->people("", after, page_rows);
    if (rows.empty()) return;
    after = rows.back().record.id;
    for (PersonRow& row : rows) {
      for (const AccountId& account : row.accounts) owners_.emplace(account, row.record.id);
      people_.push_back(work_person(std::move(row)));
    }
  }
}

std::vector<ChangeEvent> Snapshot::open_events() const {
  std::vector<ChangeEvent> events;
  if (views_ == nullptr) return events;
  EventSelection selection;
  selection.states = {EventState::pending, EventState::running, EventState::retrying};
  auto rows = views_->events(selection, open_events_max);
  std::reverse(rows.begin(), rows.end());
  for (EventRow& row : rows) {
    const bool says_more = !row.folded && row.event.type != ChangeType::unknown;
    if (says_more) events.push_back(std::move(row.event));
  }
  return events;
}

Task<std::map<AccountId, PersonId>> Snapshot::owners_of(std::vector<AccountId> accounts) {
  std::map<AccountId, PersonId> found;
  for (const AccountId& account : accounts) {
    const auto owner = owners_.find(account);
    if (owner != owners_.end()) found.insert(*owner);
  }
  co_return found;
}

Task<std::optional<WorkPerson>> Snapshot::person(PersonId id) {
  const auto found = std::find_if(people_.begin(), people_.end(), [&](const WorkPerson& person) {
    return person.record.id == id;
  });
  if (found == people_.end()) co_return std::nullopt;
  co_return *found;
}

Task<std::optional<Intake>> Snapshot::last_accepted(std::string source) {
  if (views_ == nullptr) co_return std::nullopt;
  constexpr std::size_t recent = 1'000;
  for (Intake& intake : views_->intakes(recent)) {
    if (intake.source == source && intake.state == IntakeState::done) co_return std::move(intake);
  }
  co_return std::nullopt;
}

// Without remembered rows every row becomes an event; folding finds out which say something new.
/// Everybody is compared by an event here, so no row is compared with one of the store's.
Task<Key128> Snapshot::row_key() {
  co_return Key128();
}

Task<void> Snapshot::known_people(
    KnownPeopleQuery query, std::function<void(const KnownPerson&)> visit
) {
  for (const WorkPerson& person : people_) {
    KnownPerson known;
    known.id = person.record.id;
    known.left = text_of(person.record.attributes, attribute::status) == "left";
    known.in_scope = in_scope(person.record.attributes, query.scope);
    visit(known);
  }
  co_return;
}

Task<std::map<std::string, PersonId>> Snapshot::holders_of_email(std::vector<std::string> emails) {
  const std::set<std::string> wanted(emails.begin(), emails.end());
  std::map<std::string, PersonId> holders;
  for (const WorkPerson& person : people_) {
    const auto email = text_of(person.record.attributes, attribute::email);
    if (!email) continue;
    const std::string folded = lower_case(*email);
    if (wanted.contains(folded)) holders.emplace(folded, person.record.id);
  }
  co_return holders;
}

Task<Intake> Snapshot::begin(std::string, std::string, Digest, Instant) {
  ROSTERD_ASSERT(false, "a dry run does not begin an intake");
  co_return Intake();
}

Task<std::vector<Acceptance>> Snapshot::stage(std::int64_t, std::vector<StagedRow>) {
  ROSTERD_ASSERT(false, "a dry run stages nothing");
  co_return std::vector<Acceptance>();
}

Task<void> Snapshot::finish(Intake) {
  ROSTERD_ASSERT(false, "a dry run ends no intake");
  co_return;
}

Task<std::vector<Intake>> Snapshot::unfinished() {
  std::vector<Intake> none;
  co_return none;
}

}  // namespace rosterd::cli
