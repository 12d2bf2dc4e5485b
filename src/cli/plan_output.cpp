#include "plan_output.hpp"

#include "exit_code.hpp"
#include "json.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>

namespace rosterd::cli {

namespace {

bool is_write(const Change& change) {
  return change.kind == Change::Kind::grant || change.kind == Change::Kind::revoke;
}

void print_person_changes(const sync::Preview& preview) {
  std::map<PersonId, std::vector<const Change*>> by_person;
  for (const Change& change : preview.plan.changes) {
    if (is_write(change)) by_person[change.person].push_back(&change);
  }
  for (const auto& [person, changes] : by_person) {
    const auto& known = preview.people.at(person);
    std::cout << "person " << printable(person.value) << " (" << to_string(known.lifecycle.state)
              << ")\n";
    for (const Change* change : changes) {
      const bool grant = change->kind == Change::Kind::grant;
      const std::string line = std::string(grant ? "  + " : "  - ") +
                               std::string(to_string(change->entitlement.kind)) + " " +
                               to_string(change->name) + " for " + change->account.value + "  (" +
                               change->reason + ")";
      std::cout << toned(printable(line, 400), grant ? Tone::good : Tone::bad) << '\n';
    }
  }
}

/// A name that the tenant lacks concerns many; it is said once.
void print_unmet(const Plan& plan) {
  std::map<EntitlementName, std::size_t> unknown;
  for (const Unmet& unmet : plan.unmet) {
    if (unmet.why == Unmet::Why::unknown_entitlement) {
      ++unknown[unmet.name];
      continue;
    }
    const std::string line = "! person " + unmet.person.value + ": " +
                             (unmet.removal ? "keeps " : "does not get ") + to_string(unmet.name) +
                             ": " + std::string(in_words(unmet.why));
    std::cout << toned(printable(line, 400), Tone::careful) << '\n';
  }
  for (const auto& [name, people] : unknown) {
    const std::string line = "! the tenant has no " + std::string(to_string(name.kind)) + " " +
                             to_string(name) + ", which " + counted(people, "person", "people") +
                             " should have; rosterd check says where it is named";
    std::cout << toned(printable(line, 400), Tone::bad) << '\n';
  }
}

void print_problems(const sync::Preview& preview) {
  for (const auto& [person, known] : preview.people) {
    if (known.problem.empty()) continue;
    std::cout
        << toned(printable("! person " + person.value + ": " + known.problem, 400), Tone::careful)
        << '\n';
  }
  print_unmet(preview.plan);
  for (const auto& [person, known] : preview.people) {
    if (!known.effective_at) continue;
    std::cout << "  person " << printable(person.value) << ": a change takes effect at "
              << to_string(*known.effective_at) << '\n';
  }
}

void print_sums(const Plan& plan) {
  struct Sum {
    std::size_t gain = 0;
    std::size_t lose = 0;
  };
  std::map<EntitlementName, Sum> sums;
  for (const Change& change : plan.changes) {
    if (change.kind == Change::Kind::grant) ++sums[change.name].gain;
    if (change.kind == Change::Kind::revoke) ++sums[change.name].lose;
  }
  if (sums.empty()) return;
  std::cout << '\n';
  Table table({"ENTITLEMENT", "KIND", "GAIN", "LOSE"});
  for (const auto& [name, sum] : sums) {
    table.add({
        to_string(name),
        std::string(to_string(name.kind)),
        sum.gain == 0 ? "" : "+" + std::to_string(sum.gain),
        sum.lose == 0 ? "" : "-" + std::to_string(sum.lose),
    });
  }
  table.print(std::cout);
}

bool could_not_be_asked(ErrorClass error) {
  switch (error) {
    case ErrorClass::authentication:
    case ErrorClass::configuration:
    case ErrorClass::stale_catalogue:
    case ErrorClass::permanent:
    case ErrorClass::transient:
    case ErrorClass::throttled:
    case ErrorClass::unknown:
    case ErrorClass::paused:
      return true;
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

}  // namespace

PlanTrouble trouble_of(const sync::Preview& preview) {
  PlanTrouble trouble;
  for (const auto& [person, known] : preview.people) {
    if (known.problem.empty()) continue;
    ++trouble.unplanned;
    if (could_not_be_asked(known.error)) ++trouble.unasked;
  }
  std::set<EntitlementName> unknown;
  for (const Unmet& unmet : preview.plan.unmet) {
    if (unmet.why == Unmet::Why::unknown_entitlement) unknown.insert(unmet.name);
  }
  trouble.unknown = unknown.size();
  return trouble;
}

int exit_code_of(const sync::Preview& preview) {
  if (trouble_of(preview).unasked > 0) return exit_code::failed;
  return preview.plan.touches_tenant() ? exit_code::changes : exit_code::done;
}

std::string in_words(const PlanTrouble& trouble) {
  std::string text;
  if (trouble.unplanned > 0) {
    text = "Nothing could be planned for " + counted(trouble.unplanned, "person", "people");
    if (trouble.unasked > 0) {
      text += ", " + std::to_string(trouble.unasked) +
              " of them because the tenant gave no usable answer";
    }
    text += ".";
  }
  if (trouble.unknown > 0) {
    text += text.empty() ? "" : " ";
    text += "The tenant lacks " + counted(trouble.unknown, "group or role", "groups or roles") +
            " that the policy gives.";
  }
  return text;
}

void print_plan(const sync::Preview& preview) {
  print_person_changes(preview);
  print_problems(preview);
  print_sums(preview.plan);
  const Plan& plan = preview.plan;
  std::cout << '\n'
            << counted(plan.count(Change::Kind::grant), "assignment", "assignments")
            << " to grant, " << plan.count(Change::Kind::revoke) << " to remove, "
            << plan.count(Change::Kind::adopt) << " to adopt, " << plan.count(Change::Kind::forget)
            << " to forget, in " << counted(preview.calls, "call", "calls")
            << " to the tenant, for " << counted(preview.people.size(), "person", "people")
            << ".\n";
  if (!plan.touches_tenant()) std::cout << "Nothing is to be done in the tenant.\n";
  const std::string trouble = in_words(trouble_of(preview));
  if (!trouble.empty()) std::cout << toned(trouble, Tone::careful) << '\n';
}

void print_plan_json(const sync::Preview& preview) {
  using Json = nlohmann::ordered_json;
  Json out;
  out["changes"] = Json::array();
  for (const Change& change : preview.plan.changes) out["changes"].push_back(json_of(change));
  out["unmet"] = Json::array();
  for (const Unmet& unmet : preview.plan.unmet) out["unmet"].push_back(json_of(unmet));
  out["people"] = Json::array();
  for (const auto& [person, known] : preview.people) {
    Json one;
    one["person"] = person.value;
    one["lifecycle"] = to_string(known.lifecycle.state);
    one["lifecycle_why"] = known.lifecycle.why;
    one["accounts"] = Json::array();
    for (const AccountId& account : known.accounts) one["accounts"].push_back(account.value);
    one["problem"] = known.problem.empty() ? Json(nullptr) : Json(known.problem);
    one["class"] = known.problem.empty() ? Json(nullptr) : Json(to_string(known.error));
    one["effective_at"] = json_of(known.effective_at);
    out["people"].push_back(std::move(one));
  }
  out["calls"] = preview.calls;
  out["grants"] = preview.plan.count(Change::Kind::grant);
  out["removals"] = preview.plan.count(Change::Kind::revoke);
  const PlanTrouble trouble = trouble_of(preview);
  out["unplanned"] = trouble.unplanned;
  out["unasked"] = trouble.unasked;
  out["changes_tenant"] = preview.plan.touches_tenant();
  std::cout << out.dump(2) << '\n';
}

}  // namespace rosterd::cli
