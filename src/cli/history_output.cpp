#include "history_output.hpp"

#include "json.hpp"
#include "rosterd/base/text.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <utility>

namespace rosterd::cli {

namespace {

using Json = nlohmann::ordered_json;
using Presence = AssignmentThen::Presence;

std::string in_words(Recollection recollection) {
  switch (recollection) {
    case Recollection::unknown_then:
      return "rosterd had not heard of this person yet";
    case Recollection::as_now:
      return "the record has not changed since";
    case Recollection::whole:
      return "folded from all events received until then";
    case Recollection::in_part:
      return "folded from the events that are still kept";
  }
  std::abort();
}

Cell cell_of(Presence presence) {
  switch (presence) {
    case Presence::there:
      return {"yes", Tone::good};
    case Presence::not_there:
      return {"no", Tone::dim};
    case Presence::not_known:
      return {"not known", Tone::careful};
  }
  std::abort();
}

std::string setter_of(const PersonThen& then, const std::string& name) {
  const auto by = then.set_by.find(name);
  return by == then.set_by.end() ? "" : "event " + std::to_string(by->second);
}

void print_attributes(const PersonThen& then, std::ostream& out) {
  if (then.attributes.empty() && then.forgotten.empty()) return;
  out << "\nAttributes:\n";
  Table table({"", "", ""});
  for (const auto& [name, value] : then.attributes) {
    table.add({"  " + name, to_text(value), Cell(setter_of(then, name), Tone::dim)});
  }
  for (const std::string& name : then.forgotten) {
    table.add({"  " + name, Cell("not known any more", Tone::careful), ""});
  }
  table.print(out);
}

void print_assignments(const PersonThen& then, std::ostream& out) {
  out << '\n';
  if (then.assignments.empty()) {
    out << "No assignment of this person is known, then or later.\n";
    return;
  }
  Table table({"ASSIGNMENT", "KIND", "ACCOUNT", "HAD IT", "WHAT TELLS"});
  for (const AssignmentThen& one : then.assignments) {
    table.add(
        {to_string(one.name),
         std::string(to_string(one.entitlement.kind)),
         one.account.value,
         cell_of(one.presence),
         one.evidence}
    );
  }
  table.print(out);
}

}  // namespace

void print_history(const PersonThen& then, std::ostream& out) {
  out << "Person " << printable(then.id.value) << " at " << to_string(then.at) << ": "
      << in_words(then.recollection) << ".\n";
  if (then.lifecycle) {
    out << "Lifecycle then: " << to_string(then.lifecycle->state) << ": "
        << printable(then.lifecycle->why, 400) << ".\n";
  }
  print_attributes(then, out);
  print_assignments(then, out);
  out << '\n';
  for (const std::string& caveat : then.caveats) out << caveat << '\n';
}

Json json_of(const PersonThen& then) {
  Json json;
  json["id"] = then.id.value;
  json["at"] = to_string(then.at);
  json["recollection"] = name_of(then.recollection);
  json["attributes"] = json_of(then.attributes);
  json["set_by"] = Json::object();
  for (const auto& [name, event] : then.set_by) json["set_by"][name] = event;
  json["forgotten"] = then.forgotten;
  json["lifecycle"] = then.lifecycle ? Json(to_string(then.lifecycle->state)) : Json(nullptr);
  json["lifecycle_why"] = then.lifecycle ? Json(then.lifecycle->why) : Json(nullptr);
  json["assignments"] = Json::array();
  for (const AssignmentThen& one : then.assignments) {
    Json assignment;
    assignment["account"] = one.account.value;
    assignment["kind"] = to_string(one.entitlement.kind);
    assignment["entitlement"] = to_string(one.name);
    assignment["entitlement_id"] = one.entitlement.id.value;
    assignment["presence"] = name_of(one.presence);
    assignment["evidence"] = one.evidence;
    json["assignments"].push_back(std::move(assignment));
  }
  json["caveats"] = then.caveats;
  return json;
}

}  // namespace rosterd::cli
