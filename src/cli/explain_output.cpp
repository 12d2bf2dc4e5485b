#include "explain_output.hpp"

#include "history.hpp"
#include "json.hpp"
#include "people.hpp"
#include "rosterd/base/text.hpp"
#include "sync/hold_keeping.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace rosterd::cli {

namespace {

using sync::Because;
using sync::ExplainedAccess;
using sync::Standing;

constexpr std::size_t line_bytes_max = 600;

std::string title(Standing standing) {
  switch (standing) {
    case Standing::agreed:
      return "Has:";
    case Standing::missing:
      return "Should have, and has not:";
    case Standing::not_yet:
      return "Would have by the rules, but is not entitled now:";
    case Standing::to_go:
      return "Has, and is about to lose:";
    case Standing::held:
      return "Has, and would lose, but it waits for approval:";
    case Standing::kept:
      return "Has, and keeps although no rule gives it:";
    case Standing::foreign:
      return "Has, and rosterd has nothing to do with it:";
  }
  std::abort();
}

Tone tone_of(Standing standing) {
  switch (standing) {
    case Standing::agreed:
      return Tone::good;
    case Standing::missing:
    case Standing::to_go:
      return Tone::bad;
    case Standing::held:
    case Standing::not_yet:
      return Tone::careful;
    case Standing::kept:
    case Standing::foreign:
      return Tone::plain;
  }
  std::abort();
}

std::string listed(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& one : texts) text += (text.empty() ? "" : ", ") + one;
  return text;
}

std::string given_by(const std::vector<std::string>& rules) {
  std::string names;
  for (const std::string& rule : rules) names += (names.empty() ? "\"" : ", \"") + rule + "\"";
  return rules.size() == 1 ? "rule " + names + " gives it" : "rules " + names + " give it";
}

std::string how_it_came(const LedgerEntry& entry) {
  std::string text = entry.adopted ? "there already when rosterd first looked, " : "granted ";
  text += brief(entry.since);
  text += entry.event == 0 ? " by time or policy" : " by event " + std::to_string(entry.event);
  return text + " under policy " + entry.policy_version;
}

std::string again_at(const ExplainedAccess& access) {
  if (!access.next_at) return "";
  const bool tried = access.because == Because::retrying || access.because == Because::contended;
  return std::string(tried ? "; tried again " : "; looked at again ") + brief(*access.next_at);
}

std::string in_words(LifecycleState state) {
  switch (state) {
    case LifecycleState::prehire:
      return "has not started";
    case LifecycleState::active:
      return "is active";
    case LifecycleState::on_leave:
      return "is on leave";
    case LifecycleState::suspended:
      return "is suspended";
    case LifecycleState::left:
      return "has left";
  }
  std::abort();
}

void print_line(const std::string& text, std::ostream& out) {
  out << printable(text, line_bytes_max) << '\n';
}

void print_lifecycle(const ExplainedPerson& person, std::ostream& out) {
  const sync::Explanation& known = person.explanation;
  const std::string name = name_of(person.record.attributes);
  const std::string who = "Person " + person.record.id.value + (name.empty() ? "" : ", " + name);
  if (known.blank) {
    print_line(who + ": nothing is known yet but the id, so nothing is decided.", out);
    return;
  }
  std::string text = who + ", " + in_words(known.lifecycle.state) + ": " + known.lifecycle.why;
  text += known.lifecycle.entitled ? "." : ". The rules give nothing.";
  print_line(text, out);
  if (known.lifecycle.next_change_at) {
    out << "This changes by itself " << brief(*known.lifecycle.next_change_at) << ".\n";
  }
}

void print_links(const sync::Explanation& known, std::ostream& out) {
  for (const sync::ExplainedLink& link : known.links) {
    print_line("Account " + link.account.value + ", found " + link.how + ".", out);
  }
  if (!known.no_link.empty()) print_line("Account: " + known.no_link + ".", out);
}

void print_tenant(const ExplainedPerson& person, std::ostream& out) {
  if (!person.tenant_asked) {
    out << "The tenant was not asked: this is what the store knows of it.\n";
    return;
  }
  if (person.tenant_problem.empty()) return;
  const std::string rest = person.explanation.tenant_known
                               ? "What comes by other ways is as it was last seen."
                               : "What follows is what the store knows of it.";
  const std::string text = "! " + printable(person.tenant_problem, line_bytes_max) + "\n" + rest;
  out << toned(text, Tone::careful) << '\n';
}

/// Names the account where it is not clear which.
std::string place_of(const ExplainedAccess& access, const sync::Explanation& known) {
  const bool only_one = known.links.size() == 1 && known.links.front().account == access.account;
  return access.account.value.empty() || only_one ? "" : " for " + access.account.value;
}

void print_access(const sync::Explanation& known, std::ostream& out) {
  const auto& access = known.access;
  for (std::size_t i = 0; i < access.size();) {
    const Standing standing = access[i].standing;
    out << '\n' << title(standing) << '\n';
    Table table({"", ""});
    for (; i < access.size() && access[i].standing == standing; ++i) {
      const std::string name = "  " + std::string(to_string(access[i].name.kind)) + " " +
                               to_string(access[i].name) + place_of(access[i], known);
      table.add({Cell(name, tone_of(standing)), sentence_on(access[i])});
    }
    table.print(out);
  }
  if (access.empty() && !known.blank) out << "\nHas nothing, and no rule gives anything.\n";
}

void print_other_ways(const sync::Explanation& known, std::ostream& out) {
  if (known.other_ways.empty()) return;
  out << "\nHas by other ways:\n";
  Table table({"", ""});
  for (const sync::OtherWay& way : known.other_ways) {
    std::string text = way.access.way;
    if (known.links.size() > 1) text += ", for " + way.account.value;
    if (way.seen_at) text += ", as seen " + brief(*way.seen_at);
    const EntitlementName& name = way.access.name;
    table.add({"  " + std::string(to_string(name.kind)) + " " + to_string(name), text});
  }
  table.print(out);
}

std::string names_in(const std::vector<EntitlementName>& names) {
  std::vector<std::string> texts;
  for (const EntitlementName& name : names) texts.push_back(to_string(name));
  return listed(texts);
}

void print_silent_rules(const sync::Explanation& known, std::ostream& out) {
  if (known.silent_rules.empty()) return;
  out << "\nRules that do not apply:\n";
  Table table({"", ""});
  for (const sync::SilentRule& rule : known.silent_rules) {
    table.add({"  " + rule.rule + " (" + names_in(rule.gives) + ")", rule.because});
  }
  table.print(out);
}

const EventRow* event_of(const ExplainedPerson& person, EventId id) {
  const auto found = std::find_if(
      person.events.begin(), person.events.end(), [&](const EventRow& row) { return row.id == id; }
  );
  return found == person.events.end() ? nullptr : &*found;
}

std::string source_of(const ExplainedPerson& person, const std::string& name) {
  const Stamp* stamp = last_word_on(person.record, name);
  if (stamp == nullptr) return "no event says so";
  std::string text = "event " + std::to_string(stamp->arrival);
  if (const EventRow* row = event_of(person, stamp->arrival)) {
    return text + " of " + row->event.source + ", received " + brief(row->received_at);
  }
  if (stamp->occurred_at) text += ", of " + brief(*stamp->occurred_at);
  return text + ", not kept any more";
}

void print_attributes(const ExplainedPerson& person, std::ostream& out) {
  if (person.record.attributes.empty()) return;
  out << "\nAttributes:\n";
  Table table({"", "", ""});
  for (const auto& [name, value] : person.record.attributes) {
    table.add({"  " + name, to_text(value), Cell(source_of(person, name), Tone::dim)});
  }
  table.print(out);
}

void print_events(const sync::Explanation& known, std::ostream& out) {
  if (known.open_events.empty()) return;
  out << "\nEvents that are not done:\n";
  Table table({"", "", ""});
  for (const EventRow& row : known.open_events) {
    std::string text = row.reason;
    if (row.next_attempt_at)
      text += (text.empty() ? "" : "; ") + ("next " + brief(*row.next_attempt_at));
    table.add(
        {"  " + std::to_string(row.id) + " " + row.event.type_text,
         std::string(to_string(row.state)),
         text}
    );
  }
  table.print(out);
}

using Json = nlohmann::ordered_json;

Json json_of_access(const ExplainedAccess& access) {
  Json json;
  json["standing"] = name_of(access.standing);
  json["because"] = name_of(access.because);
  json["kind"] = to_string(access.name.kind);
  json["entitlement"] = to_string(access.name);
  json["account"] = text_or_null(access.account.value);
  json["rules"] = access.rules;
  json["why"] = sentence_on(access);
  json["event"] = access.event == 0 ? Json(nullptr) : Json(access.event);
  json["next_at"] = json_of(access.next_at);
  json["hold"] = text_or_null(access.hold);
  json["ledger"] = access.ledger ? json_of(*access.ledger) : Json(nullptr);
  return json;
}

Json json_of_attributes(const ExplainedPerson& person) {
  Json list = Json::array();
  for (const auto& [name, value] : person.record.attributes) {
    const Stamp* stamp = last_word_on(person.record, name);
    const EventRow* row = stamp == nullptr ? nullptr : event_of(person, stamp->arrival);
    Json one;
    one["name"] = name;
    one["value"] = json_of(value);
    one["event"] = stamp == nullptr ? Json(nullptr) : Json(stamp->arrival);
    one["source"] = row == nullptr ? Json(nullptr) : Json(row->event.source);
    one["received_at"] = row == nullptr ? Json(nullptr) : Json(to_string(row->received_at));
    list.push_back(std::move(one));
  }
  return list;
}

Json json_of_ways(const sync::Explanation& known) {
  Json list = Json::array();
  for (const sync::OtherWay& way : known.other_ways) {
    Json one;
    one["account"] = way.account.value;
    one["kind"] = to_string(way.access.name.kind);
    one["entitlement"] = to_string(way.access.name);
    one["way"] = way.access.way;
    one["seen_at"] = json_of(way.seen_at);
    list.push_back(std::move(one));
  }
  return list;
}

Json json_of_silent_rules(const sync::Explanation& known) {
  Json list = Json::array();
  for (const sync::SilentRule& rule : known.silent_rules) {
    Json one;
    one["rule"] = rule.rule;
    one["gives"] = json_of(rule.gives);
    one["because"] = rule.because;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

std::string sentence_on(const ExplainedAccess& access) {
  const auto& rules = access.rules;
  std::string text;
  switch (access.standing) {
    case Standing::agreed:
      text = given_by(rules);
      if (access.ledger) text += "; " + how_it_came(*access.ledger);
      if (!access.why.empty()) text += "; " + access.why;
      return text;
    case Standing::missing:
      return given_by(rules) + ", but " + access.why + again_at(access);
    case Standing::not_yet:
      text = given_by(rules) + ", but " + access.why;
      if (access.next_at) text += "; that changes " + brief(*access.next_at);
      return text;
    case Standing::to_go:
    case Standing::held:
    case Standing::kept:
    case Standing::foreign:
      break;
  }
  text = access.why;
  if (!access.hold.empty()) text += "; hold " + sync::short_hash(access.hold);
  if (access.ledger) text += "; " + how_it_came(*access.ledger);
  return text + again_at(access);
}

void print_explanation(const ExplainedPerson& person, std::ostream& out) {
  const sync::Explanation& known = person.explanation;
  print_lifecycle(person, out);
  print_links(known, out);
  print_tenant(person, out);
  print_access(known, out);
  print_other_ways(known, out);
  print_silent_rules(known, out);
  print_events(known, out);
  print_attributes(person, out);
}

Json json_of(const ExplainedPerson& person) {
  const sync::Explanation& known = person.explanation;
  Json json;
  json["id"] = person.record.id.value;
  json["lifecycle"] = known.blank ? Json(nullptr) : Json(to_string(known.lifecycle.state));
  json["lifecycle_why"] = text_or_null(known.lifecycle.why);
  json["lifecycle_changes_at"] = json_of(known.lifecycle.next_change_at);
  json["entitled"] = !known.blank && known.lifecycle.entitled;
  json["accounts"] = Json::array();
  for (const sync::ExplainedLink& link : known.links) {
    Json one;
    one["account"] = link.account.value;
    one["found"] = link.how;
    json["accounts"].push_back(std::move(one));
  }
  json["account_problem"] = text_or_null(known.no_link);
  json["tenant_asked"] = person.tenant_asked;
  json["tenant_read"] = known.tenant_known;
  json["tenant_problem"] = text_or_null(person.tenant_problem);
  json["access"] = Json::array();
  for (const ExplainedAccess& access : known.access)
    json["access"].push_back(json_of_access(access));
  json["other_ways"] = json_of_ways(known);
  json["rules_not_applying"] = json_of_silent_rules(known);
  json["events"] = Json::array();
  for (const EventRow& row : known.open_events) json["events"].push_back(json_of(row));
  json["attributes"] = json_of_attributes(person);
  return json;
}

}  // namespace rosterd::cli
