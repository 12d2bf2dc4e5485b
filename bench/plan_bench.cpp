#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/adapters/toml/policy_reader.hpp"
#include "rosterd/domain/fold.hpp"
#include "rosterd/domain/plan.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::bench {
namespace {

constexpr std::size_t people = 10'000;
const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");

std::string policy_text() {
  std::string text = R"([lifecycle]
time_zone = "Europe/Berlin"
[accounts]
match = [{ template = "waad|{email}" }]
[[rule]]
name = "everyone"
groups = ["Staff"]
[[rule]]
name = "people who approve"
groups = ["Approvers"]
[rule.when]
any = [
  { job_title = { matches = "Vice President*" } },
  { all = [{ location = ["Berlin", "Paris"] }, { none = [{ employment_type = "Contractor" }] }] },
]
)";
  for (std::size_t i = 0; i < departments; ++i) {
    const std::string name = department_name(i);
    text += "[[rule]]\nname = \"" + name + "\"\nwhen = { department = \"" + name +
            "\" }\ngroups = [\"" + name + "\"]\n";
  }
  return text;
}

/// Ten thousand people who are where they should be, and an event for each of them, by which one
/// of a hundred changes the department.
struct Company {
  Company() {
    const auto crypto = openssl::make_crypto();
    policy = *config_files::read_policy_text(policy_text(), "policy.toml", zones, *crypto).policy;
    add_group("Staff");
    add_group("Approvers");
    for (std::size_t i = 0; i < departments; ++i) add_group(department_name(i));
    for (std::size_t i = 0; i < people; ++i) add_person(i, *crypto);
    for (const Change& change : plan(decide(records)).changes) give(change);
  }

  void give(const Change& change) {
    for (TenantGroup& group : tenant.groups) {
      if (group.id == change.entitlement.id) group.members.insert(change.account);
    }
    LedgerEntry entry;
    entry.account = change.account;
    entry.entitlement = change.entitlement;
    entry.name = change.name;
    entry.person = change.person;
    ledger[change.person].push_back(std::move(entry));
  }

  void add_group(std::string name) {
    TenantGroup group;
    group.id = EntitlementId("group-" + std::to_string(tenant.groups.size()));
    group.name = std::move(name);
    tenant.groups.push_back(std::move(group));
  }

  void add_person(std::size_t number, const Crypto& crypto) {
    ChangeEvent event = new_event("first", number, crypto).event;
    PersonRecord record;
    record.id = event.person;
    rosterd::fold(record, event, static_cast<EventId>(number + 1), now);
    records.push_back(std::move(record));
    event.occurred_at = now + std::chrono::hours{1};
    if (number % 100 == 0) event.attributes["department"] = department_name(number / 100 + 1);
    events.push_back(std::move(event));
  }

  void fold(std::vector<PersonRecord>& into) const {
    for (std::size_t i = 0; i < into.size(); ++i) {
      rosterd::fold(into[i], events[i], static_cast<EventId>(people + i + 1), now);
    }
  }

  std::vector<Subject> decide(const std::vector<PersonRecord>& of) const {
    std::vector<Subject> subjects;
    subjects.reserve(of.size());
    for (const PersonRecord& record : of) {
      Subject subject;
      subject.person = record.id;
      subject.lifecycle = lifecycle_of(record.attributes, policy.lifecycle, zones, now);
      subject.accounts.emplace_back("waad|" + record.id.value);
      subject.desired = desired_for(policy, record.attributes, subject.lifecycle);
      if (const auto held = ledger.find(record.id); held != ledger.end()) {
        subject.ledger = held->second;
      }
      subjects.push_back(std::move(subject));
    }
    return subjects;
  }

  Plan plan(const std::vector<Subject>& subjects) const { return diff(subjects, tenant, policy); }

  system::SystemTimeZones zones;
  Policy policy;
  TenantState tenant;
  std::vector<PersonRecord> records;
  std::map<PersonId, std::vector<LedgerEntry>> ledger;
  std::vector<ChangeEvent> events;
};

const Company& company() {
  static const Company made;
  return made;
}

template <class Work>
void measure(benchmark::State& state, Work work) {
  std::vector<PersonRecord> records;
  for (auto _ : state) {
    state.PauseTiming();
    records = company().records;
    state.ResumeTiming();
    work(records);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * people));
}

void fold_only(benchmark::State& state) {
  measure(state, [](auto& records) { company().fold(records); });
}
BENCHMARK(fold_only)->Name("plan/fold")->Unit(benchmark::kMillisecond);

void fold_and_decide(benchmark::State& state) {
  measure(state, [](auto& records) {
    company().fold(records);
    benchmark::DoNotOptimize(company().decide(records));
  });
}
BENCHMARK(fold_and_decide)
    ->Name("plan/fold_decide")

    ->Unit(benchmark::kMillisecond);

void fold_decide_diff(benchmark::State& state) {
  measure(state, [](auto& records) {
    company().fold(records);
    const Plan plan = company().plan(company().decide(records));
    benchmark::DoNotOptimize(operations(plan, 1'000'000));
  });
}
BENCHMARK(fold_decide_diff)
    ->Name("plan/fold_decide_diff")

    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rosterd::bench
