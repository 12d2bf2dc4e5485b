#include "plan_output.hpp"

#include "exit_code.hpp"
#include "json.hpp"
#include "plan_sums.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <map>
#include <set>
#include <utility>

namespace rosterd::cli {

namespace {

using Json = nlohmann::ordered_json;

const std::string& text_of_id(const std::string& id) {
  return id;
}
const std::string& text_of_id(const PersonId& id) {
  return id.value;
}

bool is_write(const Change& change) {
  return change.kind == Change::Kind::grant || change.kind == Change::Kind::revoke;
}

std::string line_of(const Change& change, const Withheld* withheld) {
  const bool grant = change.kind == Change::Kind::grant;
  const std::string mark = grant ? "  + " : withheld == nullptr ? "  - " : "  = ";
  std::string line = mark + std::string(to_string(change.entitlement.kind)) + " " +
                     to_string(change.name) + " for " + change.account.value + "  (" +
                     change.reason + ")";
  if (withheld == nullptr) return line;
  return line + (withheld->rejected ? " stays: its removal was rejected" : " HELD for approval");
}

Tone tone_of(const Change& change, const Withheld* withheld) {
  if (change.kind == Change::Kind::grant) return Tone::good;
  return withheld == nullptr ? Tone::bad : Tone::careful;
}

std::string heading_of(const PersonId& person, const sync::Preview& preview) {
  if (person.value.empty()) return "accounts that belong to nobody";
  const auto known = preview.people.find(person);
  std::string text = "person " + printable(person.value);
  if (known == preview.people.end()) return text;
  return text + " (" + std::string(to_string(known->second.lifecycle.state)) + ")";
}

void print_person_changes(const sync::Preview& preview, std::ostream& out) {
  std::map<PersonId, std::vector<std::size_t>> by_person;
  const auto& changes = preview.plan.changes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (is_write(changes[i])) by_person[changes[i].person].push_back(i);
  }
  for (const auto& [person, indexes] : by_person) {
    out << heading_of(person, preview) << '\n';
    for (const std::size_t i : indexes) {
      const Withheld* withheld = withheld_of(preview, i);
      const std::string line = printable(line_of(changes[i], withheld), 400);
      out << toned(line, tone_of(changes[i], withheld)) << '\n';
    }
  }
}

/// A name that the tenant lacks concerns many; it is said once.
void print_unmet(const Plan& plan, std::ostream& out) {
  std::map<EntitlementName, std::size_t> unknown;
  for (const Unmet& unmet : plan.unmet) {
    if (unmet.why == Unmet::Why::unknown_entitlement) {
      ++unknown[unmet.name];
      continue;
    }
    const std::string line = "! person " + unmet.person.value + ": " +
                             (unmet.removal ? "keeps " : "does not get ") + to_string(unmet.name) +
                             ": " + std::string(in_words(unmet.why));
    out << toned(printable(line, 400), Tone::careful) << '\n';
  }
  for (const auto& [name, people] : unknown) {
    const std::string line = "! the tenant has no " + std::string(to_string(name.kind)) + " " +
                             to_string(name) + ", which " + counted(people, "person", "people") +
                             " should have; rosterd check says where it is named";
    out << toned(printable(line, 400), Tone::bad) << '\n';
  }
}

void print_problems(const sync::Preview& preview, std::ostream& out) {
  for (const auto& [person, known] : preview.people) {
    if (known.problem.empty()) continue;
    out << toned(printable("! person " + person.value + ": " + known.problem, 400), Tone::careful)
        << '\n';
  }
  print_unmet(preview.plan, out);
  for (const auto& [person, known] : preview.people) {
    if (!known.effective_at) continue;
    out << "  person " << printable(person.value) << ": a change takes effect at "
        << to_string(*known.effective_at) << '\n';
  }
}

/// As many as a line holds; programs get all.
template <class People>
std::string named(const People& people) {
  constexpr std::size_t names_max = 10;
  std::string text;
  std::size_t count = 0;
  for (const auto& person : people) {
    if (count++ == names_max) break;
    text += (text.empty() ? "" : ", ") + text_of_id(person);
  }
  if (people.size() > names_max) {
    text += " and " + std::to_string(people.size() - names_max) + " more";
  }
  return text;
}

template <class People>
void print_names(const std::string& mark, const People& people, Tone tone, std::ostream& out) {
  if (people.empty()) return;
  const std::string line = "  " + mark + " " + std::to_string(people.size()) + ": " + named(people);
  out << toned(printable(line, 600), tone) << '\n';
}

std::string titled(const EntitlementName& name) {
  return printable(std::string(to_string(name.kind)) + " " + to_string(name));
}

void print_sums(const sync::Preview& preview, std::ostream& out) {
  const auto sums = sums_of(preview);
  if (sums.empty()) return;
  out << "\nBy group and role:\n";
  for (const auto& [name, sum] : sums) {
    out << titled(name) << '\n';
    print_names("+", sum.gain, Tone::good, out);
    print_names("-", sum.lose, Tone::bad, out);
    print_names("= held for approval,", sum.held, Tone::careful, out);
    print_names("= removal rejected,", sum.rejected, Tone::careful, out);
  }
}

void print_guard(const sync::Preview& preview, std::ostream& out) {
  const auto sentences = guard_sentences(preview);
  if (sentences.empty()) return;
  out << "\nHeld by the guard:\n";
  for (const std::string& sentence : sentences) {
    out << toned(printable("  " + sentence + ".", 600), Tone::careful) << '\n';
  }
}

void print_effect(const std::string& title, const BlastRadius::Effect& effect, std::ostream& out) {
  out << printable(title) << '\n';
  print_names("+", effect.gained, Tone::good, out);
  print_names("-", effect.lost, Tone::bad, out);
}

void print_radius(const BlastRadius& radius, std::ostream& out) {
  out << "Policy " << radius.version_after << " instead of " << radius.version_before << ": of "
      << counted(radius.people, "person", "people") << ", " << radius.affected
      << (radius.affected == 1 ? " gains or loses" : " gain or lose")
      << " something by the rules.\n";
  if (!radius.rules.empty()) out << "\nBy rule:\n";
  for (const auto& [rule, effect] : radius.rules) print_effect("rule " + rule, effect, out);
  if (!radius.entitlements.empty()) out << "\nBy group and role, as the rules say:\n";
  for (const auto& [name, effect] : radius.entitlements) print_effect(titled(name), effect, out);
  out << "\nWhat would be done in the tenant:\n";
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
    case ErrorClass::storage_full:
      return false;
  }
  std::abort();
}

Json json_of_changes(const sync::Preview& preview) {
  Json list = Json::array();
  const auto& changes = preview.plan.changes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Json one = json_of(changes[i]);
    one["held"] = nullptr;
    if (const Withheld* withheld = withheld_of(preview, i)) {
      Json held;
      held["cause"] = to_string(withheld->cause);
      held["rejected"] = withheld->rejected;
      one["held"] = std::move(held);
    }
    list.push_back(std::move(one));
  }
  return list;
}

Json json_of_people(const sync::Preview& preview) {
  Json list = Json::array();
  for (const auto& [person, known] : preview.people) {
    Json one;
    one["person"] = person.value;
    one["lifecycle"] = to_string(known.lifecycle.state);
    one["lifecycle_why"] = known.lifecycle.why;
    one["accounts"] = json_of(known.accounts);
    one["problem"] = text_or_null(known.problem);
    one["class"] = known.problem.empty() ? Json(nullptr) : Json(to_string(known.error));
    one["effective_at"] = json_of(known.effective_at);
    list.push_back(std::move(one));
  }
  return list;
}

Json json_of_sums(const sync::Preview& preview) {
  Json list = Json::array();
  for (const auto& [name, sum] : sums_of(preview)) {
    Json one;
    one["kind"] = to_string(name.kind);
    one["entitlement"] = to_string(name);
    one["gain"] = sum.gain;
    one["lose"] = sum.lose;
    one["held"] = sum.held;
    one["rejected"] = sum.rejected;
    list.push_back(std::move(one));
  }
  return list;
}

void add_effect(Json one, const BlastRadius::Effect& effect, Json& list) {
  one["gained"] = json_of(effect.gained);
  one["lost"] = json_of(effect.lost);
  list.push_back(std::move(one));
}

Json json_of_radius(const BlastRadius& radius) {
  Json json;
  json["before"] = radius.version_before;
  json["after"] = radius.version_after;
  json["people"] = radius.people;
  json["affected"] = radius.affected;
  json["rules"] = Json::array();
  for (const auto& [rule, effect] : radius.rules) {
    Json one;
    one["rule"] = rule;
    add_effect(std::move(one), effect, json["rules"]);
  }
  json["entitlements"] = Json::array();
  for (const auto& [name, effect] : radius.entitlements) {
    Json one;
    one["kind"] = to_string(name.kind);
    one["entitlement"] = to_string(name);
    add_effect(std::move(one), effect, json["entitlements"]);
  }
  return json;
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

void print_plan(const sync::Preview& preview, const BlastRadius* radius, std::ostream& out) {
  if (radius != nullptr) print_radius(*radius, out);
  print_person_changes(preview, out);
  print_problems(preview, out);
  print_sums(preview, out);
  print_guard(preview, out);
  const Plan& plan = preview.plan;
  const HeldCount held = held_in(preview);
  const std::size_t withheld = held.waiting + held.rejected;
  out << '\n'
      << counted(plan.count(Change::Kind::grant), "assignment", "assignments") << " to grant, "
      << plan.count(Change::Kind::revoke) - withheld << " to remove";
  if (withheld > 0) out << " (" << withheld << " more held)";
  out << ", " << plan.count(Change::Kind::adopt) << " to adopt, "
      << plan.count(Change::Kind::forget) << " to forget, in "
      << counted(preview.calls, "call", "calls") << " to the tenant"
      << (withheld > 0 ? " with all of it" : "") << ", for "
      << counted(preview.people.size(), "person", "people") << ".\n";
  if (!plan.touches_tenant()) out << "Nothing is to be done in the tenant.\n";
  const std::string trouble = in_words(trouble_of(preview));
  if (!trouble.empty()) out << toned(trouble, Tone::careful) << '\n';
}

Json json_of(const sync::Preview& preview, const BlastRadius* radius) {
  Json out;
  out["changes"] = json_of_changes(preview);
  out["unmet"] = Json::array();
  for (const Unmet& unmet : preview.plan.unmet) out["unmet"].push_back(json_of(unmet));
  out["people"] = json_of_people(preview);
  out["entitlements"] = json_of_sums(preview);
  out["calls"] = preview.calls;
  out["grants"] = preview.plan.count(Change::Kind::grant);
  out["removals"] = preview.plan.count(Change::Kind::revoke);
  const HeldCount held = held_in(preview);
  out["held"] = held.waiting;
  out["rejected"] = held.rejected;
  out["over"] = Json::object();
  for (const auto& [cause, sentence] : preview.verdict.over) {
    out["over"][std::string(to_string(cause))] = sentence;
  }
  const PlanTrouble trouble = trouble_of(preview);
  out["unplanned"] = trouble.unplanned;
  out["unasked"] = trouble.unasked;
  out["changes_tenant"] = preview.plan.touches_tenant();
  out["policy_change"] = radius == nullptr ? Json(nullptr) : json_of_radius(*radius);
  return out;
}

}  // namespace rosterd::cli
