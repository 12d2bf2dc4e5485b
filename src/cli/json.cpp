#include "json.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <map>
#include <utility>
#include <variant>

namespace rosterd::cli {

namespace {

using Json = nlohmann::ordered_json;

Json class_or_null(const std::optional<ErrorClass>& error) {
  return error ? Json(to_string(*error)) : Json(nullptr);
}

Json json_of_effective(const std::optional<Effective>& effective) {
  if (!effective) return nullptr;
  if (const auto* date = std::get_if<Date>(&*effective)) return to_string(*date);
  return to_string(std::get<Instant>(*effective));
}

template <class Rows>
Json list_of(const Rows& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(json_of(row));
  return list;
}

template <class Ids>
Json ids_of(const Ids& ids) {
  Json list = Json::array();
  for (const auto& id : ids) list.push_back(id.value);
  return list;
}

Json id_or_null(EventId id) {
  return id == 0 ? Json(nullptr) : Json(id);
}

/// Every kind, also with 0: a key that comes and goes is no key.
template <class Count>
Json counts_of(const std::map<DriftKind, Count>& counts) {
  Json json = Json::object();
  for (const DriftKind kind : all_drift_kinds()) {
    const auto found = counts.find(kind);
    json[std::string(to_string(kind))] = found == counts.end() ? Count{0} : found->second;
  }
  return json;
}

std::string text_in(const Json& json, const char* key) {
  const Json& value = json.at(key);
  return value.is_null() ? std::string() : value.get<std::string>();
}

std::optional<Instant> instant_in(const Json& json, const char* key) {
  const Json& value = json.at(key);
  if (value.is_null()) return std::nullopt;
  return parse_rfc3339(value.get<std::string>());
}

EntitlementName name_in(const Json& json) {
  const auto text = json.at("entitlement").get<std::string>();
  const bool role = json.at("kind").get<std::string>() == to_string(EntitlementKind::role);
  if (const auto name = role ? parse_role_name(text) : std::nullopt) return *name;
  EntitlementName name;
  name.kind = role ? EntitlementKind::role : EntitlementKind::group;
  name.name = text;
  return name;
}

HeldRemoval removal_of(const Json& json) {
  HeldRemoval removal;
  removal.person = PersonId(text_in(json, "person"));
  removal.account = AccountId(json.at("account").get<std::string>());
  removal.name = name_in(json);
  removal.entitlement.kind = removal.name.kind;
  removal.entitlement.id = EntitlementId(json.at("entitlement_id").get<std::string>());
  removal.reason = json.at("reason").get<std::string>();
  removal.leaver = json.at("leaver").get<bool>();
  const Json& event = json.at("event");
  removal.event = event.is_null() ? EventId{0} : event.get<EventId>();
  return removal;
}

}  // namespace

Json json_of(const std::optional<Instant>& instant) {
  return instant ? Json(to_string(*instant)) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(const std::vector<PersonId>& people) {
  return ids_of(people);
}

Json json_of(const std::vector<AccountId>& accounts) {
  return ids_of(accounts);
}

Json json_of(const std::vector<EntitlementName>& names) {
  Json list = Json::array();
  for (const EntitlementName& name : names) list.push_back(to_string(name));
  return list;
}

Json json_of(const AttributeValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

Json json_of(const Attributes& attributes) {
  Json object = Json::object();
  for (const auto& [name, value] : attributes) object[name] = json_of(value);
  return object;
}

Json json_of(const EventRow& row) {
  Json json;
  json["id"] = row.id;
  json["source"] = row.event.source;
  json["external_id"] = row.event.external_id;
  json["type"] = row.event.type_text;
  json["mode"] = to_string(row.event.mode);
  json["person"] = row.event.person.value;
  json["state"] = to_string(row.state);
  json["received_at"] = to_string(row.received_at);
  json["occurred_at"] = json_of(row.event.occurred_at);
  json["effective_at"] = json_of_effective(row.event.effective_at);
  json["sequence"] = text_or_null(row.event.sequence);
  json["attempts"] = row.attempts;
  json["crashes"] = row.crashes;
  json["next_attempt_at"] = json_of(row.next_attempt_at);
  json["finished_at"] = json_of(row.finished_at);
  json["class"] = class_or_null(row.error);
  json["reason"] = text_or_null(row.reason);
  json["replay_of"] = row.replay_of ? Json(*row.replay_of) : Json(nullptr);
  return json;
}

Json json_of(const AttemptRow& row) {
  Json json;
  json["number"] = row.number;
  json["at"] = to_string(row.at);
  json["class"] = class_or_null(row.error);
  json["reason"] = text_or_null(row.reason);
  return json;
}

Json json_of(const OperationRecord& record) {
  Json json;
  json["operation"] = to_string(record.kind);
  json["kind"] = to_string(record.entitlement.kind);
  json["entitlement"] = to_string(record.name);
  json["entitlement_id"] = record.entitlement.id.value;
  json["account"] = record.account.value;
  json["person"] = record.person.value;
  json["event"] = id_or_null(record.event);
  json["reason"] = record.reason;
  json["policy_version"] = record.policy_version;
  json["sent_at"] = to_string(record.sent_at);
  json["status"] = record.status == 0 ? Json(nullptr) : Json(record.status);
  json["verified_at"] = json_of(record.verified_at);
  json["lost"] = record.lost;
  return json;
}

Json json_of(const LedgerEntry& entry) {
  Json json;
  json["account"] = entry.account.value;
  json["kind"] = to_string(entry.entitlement.kind);
  json["entitlement"] = to_string(entry.name);
  json["entitlement_id"] = entry.entitlement.id.value;
  json["rule"] = entry.rule;
  json["policy_version"] = entry.policy_version;
  json["event"] = id_or_null(entry.event);
  json["since"] = to_string(entry.since);
  json["adopted"] = entry.adopted;
  return json;
}

Json json_of(const PersonRow& row) {
  Json json;
  json["id"] = row.record.id.value;
  json["attributes"] = json_of(row.record.attributes);
  json["accounts"] = json_of(row.accounts);
  json["assignments"] = list_of(row.ledger);
  json["stale"] = row.record.stale;
  json["first_seen"] = to_string(row.record.first_seen);
  json["changed_at"] = to_string(row.record.changed_at);
  json["next_due_at"] = json_of(row.next_due_at);
  json["account_recheck_at"] = json_of(row.account_recheck_at);
  return json;
}

Json json_of(const Intake& intake) {
  Json json;
  json["id"] = intake.id;
  json["source"] = intake.source;
  json["file"] = intake.file_name;
  json["sha256"] = to_hex(intake.sha256);
  json["state"] = to_string(intake.state);
  json["taken_at"] = to_string(intake.taken_at);
  json["finished_at"] = json_of(intake.finished_at);
  json["rows"] = intake.rows;
  json["rows_failed"] = intake.rows_failed;
  json["people"] = intake.people;
  json["quarantined"] = intake.quarantined;
  json["joined"] = intake.joined;
  json["changed"] = intake.changed;
  json["left"] = intake.left;
  json["unchanged"] = intake.unchanged;
  json["reason"] = text_or_null(intake.reason);
  return json;
}

Json json_of(const Change& change) {
  Json json;
  json["change"] = in_words(change.kind);
  json["person"] = change.person.value;
  json["account"] = change.account.value;
  json["kind"] = to_string(change.entitlement.kind);
  json["entitlement"] = to_string(change.name);
  json["reason"] = change.reason;
  json["leaver"] = change.leaver;
  return json;
}

Json json_of(const Unmet& unmet) {
  Json json;
  json["person"] = unmet.person.value;
  json["account"] = text_or_null(unmet.account.value);
  json["entitlement"] = to_string(unmet.name);
  json["removal"] = unmet.removal;
  json["why"] = in_words(unmet.why);
  return json;
}

Json json_of(const EffectiveAccess& access) {
  Json json;
  json["groups"] = access.groups;
  json["direct_groups"] = access.direct_groups;
  json["roles"] = json_of(access.roles);
  json["direct_roles"] = json_of(access.direct_roles);
  json["permissions"] = access.permissions;
  return json;
}

Json json_of(const HeldRemoval& removal) {
  Json json;
  json["person"] = text_or_null(removal.person.value);
  json["account"] = removal.account.value;
  json["kind"] = to_string(removal.entitlement.kind);
  json["entitlement"] = to_string(removal.name);
  json["entitlement_id"] = removal.entitlement.id.value;
  json["reason"] = removal.reason;
  json["leaver"] = removal.leaver;
  json["event"] = id_or_null(removal.event);
  return json;
}

Json json_of(const Hold& hold) {
  Json json;
  json["id"] = hold.id;
  json["hash"] = hold.hash;
  json["state"] = to_string(hold.state);
  json["cause"] = to_string(hold.cause);
  json["why"] = hold.why;
  json["policy_version"] = text_or_null(hold.policy_version);
  json["opened_at"] = to_string(hold.opened_at);
  json["changed_at"] = to_string(hold.changed_at);
  json["decided_at"] = json_of(hold.decided_at);
  json["decided_by"] = text_or_null(hold.decided_by);
  json["note"] = text_or_null(hold.note);
  json["finished_at"] = json_of(hold.finished_at);
  json["removals"] = list_of(hold.removals);
  return json;
}

Json json_of(const DriftRow& row) {
  Json json;
  json["drift"] = to_string(row.drift.kind);
  json["person"] = text_or_null(row.drift.person.value);
  json["account"] = row.drift.account.value;
  json["kind"] = to_string(row.drift.entitlement.kind);
  json["entitlement"] = to_string(row.drift.name);
  json["entitlement_id"] = row.drift.entitlement.id.value;
  json["detail"] = row.drift.detail;
  json["first_seen"] = to_string(row.first_seen);
  json["last_seen"] = to_string(row.last_seen);
  json["times"] = row.times;
  json["there"] = row.there;
  json["contended"] = row.contended();
  return json;
}

Json json_of(const ReconcileReport& report) {
  Json json;
  json["started_at"] = to_string(report.started_at);
  json["finished_at"] = to_string(report.finished_at);
  json["repairs"] = report.repairs;
  json["people"] = report.people;
  json["found"] = counts_of(report.found);
  json["contended"] = report.contended;
  json["people_to_repair"] = report.people_to_repair;
  return json;
}

Json json_of(const ResidualRow& row) {
  Json json;
  json["person"] = row.of.person.value;
  json["account"] = row.of.account.value;
  json["kind"] = to_string(row.access.name.kind);
  json["entitlement"] = to_string(row.access.name);
  json["way"] = row.access.way;
  json["seen_at"] = to_string(row.seen_at);
  return json;
}

Json json_of(const AuditRow& row) {
  const AuditEntry& entry = row.entry;
  Json json;
  json["id"] = row.id;
  json["at"] = to_string(entry.at);
  json["actor"] = entry.actor;
  json["action"] = entry.action;
  json["person"] = text_or_null(entry.person.value);
  json["account"] = text_or_null(entry.account.value);
  json["entitlement"] = text_or_null(entry.entitlement);
  json["event"] = id_or_null(entry.event);
  json["rule"] = text_or_null(entry.rule);
  json["policy_version"] = text_or_null(entry.policy_version);
  json["before"] = text_or_null(entry.before);
  json["after"] = text_or_null(entry.after);
  json["answer"] = text_or_null(entry.answer);
  json["verified_at"] = json_of(entry.verified_at);
  json["hash"] = to_hex(row.hash);
  return json;
}

Json json_of(const StorageReading& reading, std::uint64_t limit) {
  Json json;
  json["bytes"] = reading.bytes;
  json["limit_bytes"] = limit == 0 ? Json(nullptr) : Json(limit);
  json["percent"] = limit == 0 ? Json(nullptr) : Json(percent_of(reading.bytes, limit));
  json["at"] = to_string(reading.at);
  return json;
}

Json json_of(const StatusView& view, const StatusExtras& extras) {
  Json json;
  Json events = Json::object();
  for (const auto& [state, count] : view.events) events[std::string(to_string(state))] = count;
  json["events"] = std::move(events);
  json["oldest_open_received_at"] = json_of(view.oldest_open_received_at);
  json["people"] = view.people;
  Json by_status = Json::object();
  for (const auto& [state, count] : view.people_by_status) {
    by_status[std::string(to_string(state))] = count;
  }
  json["people_by_status"] = std::move(by_status);
  json["links"] = view.links;
  json["ledger"] = view.ledger;
  json["policy_version"] = text_or_null(view.policy_version);
  json["files"] = list_of(view.intakes);
  json["database_bytes"] = view.database_bytes;
  json["schema_version"] = view.schema_version;
  json["holds"] = Json::array();
  for (const Hold& hold : view.holds) {
    json["holds"].push_back(json_of(hold));
    json["holds"].back().erase("removals");  // the view leaves them out
  }
  json["held_leavers"] = json_of(view.held_leavers);
  json["leavers_given_up"] = json_of(extras.leavers_given_up);
  json["residual"] = view.residual;
  json["drift"] = counts_of(view.drift);
  json["contended"] = view.contended;
  json["contended_assignments"] = list_of(extras.contended);
  json["reconciliation"] = view.reconciliation ? json_of(*view.reconciliation) : Json(nullptr);
  json["storage"] = view.storage ? json_of(*view.storage, extras.storage_limit) : Json(nullptr);
  return json;
}

std::optional<Hold> hold_of(const Json& json) try {
  Hold hold;
  hold.id = json.at("id").get<std::int64_t>();
  hold.hash = json.at("hash").get<std::string>();
  hold.state = hold_state(json.at("state").get<std::string>()).value();
  hold.cause = hold_cause(json.at("cause").get<std::string>()).value();
  hold.why = json.at("why").get<std::string>();
  hold.policy_version = text_in(json, "policy_version");
  hold.opened_at = instant_in(json, "opened_at").value();
  hold.changed_at = instant_in(json, "changed_at").value();
  hold.decided_at = instant_in(json, "decided_at");
  hold.decided_by = text_in(json, "decided_by");
  hold.note = text_in(json, "note");
  hold.finished_at = instant_in(json, "finished_at");
  for (const Json& one : json.at("removals")) hold.removals.push_back(removal_of(one));
  return hold;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;
} catch (const std::bad_optional_access&) {
  return std::nullopt;
}

std::optional<ReconcileReport> reconcile_report_of(const Json& json) try {
  ReconcileReport report;
  report.started_at = instant_in(json, "started_at").value();
  report.finished_at = instant_in(json, "finished_at").value();
  report.repairs = json.at("repairs").get<bool>();
  report.people = json.at("people").get<std::size_t>();
  for (const DriftKind kind : all_drift_kinds()) {
    report.found[kind] = json.at("found").at(std::string(to_string(kind))).get<std::size_t>();
  }
  report.contended = json.at("contended").get<std::size_t>();
  report.people_to_repair = json.at("people_to_repair").get<std::size_t>();
  return report;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;
} catch (const std::bad_optional_access&) {
  return std::nullopt;
}

std::uint64_t percent_of(std::uint64_t bytes, std::uint64_t limit) {
  return limit == 0 ? 0 : bytes * 100 / limit;
}

std::string_view in_words(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::grant:
      return "grant";
    case Change::Kind::revoke:
      return "remove";
    case Change::Kind::adopt:
      return "adopt";
    case Change::Kind::forget:
      return "forget";
  }
  std::abort();
}

std::string_view in_words(Unmet::Why why) {
  switch (why) {
    case Unmet::Why::no_account:
      return "the person has no account";
    case Unmet::Why::unknown_entitlement:
      return "the tenant does not have it";
    case Unmet::Why::report_mode:
      return "its mode is report";
    case Unmet::Why::additive_mode:
      return "its mode is additive";
    case Unmet::Why::is_protected:
      return "it is protected";
  }
  std::abort();
}

}  // namespace rosterd::cli
