#include "json.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <variant>

namespace rosterd::cli {

namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

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

Json names_of(const std::vector<EntitlementName>& names) {
  Json list = Json::array();
  for (const EntitlementName& name : names) list.push_back(to_string(name));
  return list;
}

Json ids_of(const std::vector<AccountId>& accounts) {
  Json list = Json::array();
  for (const AccountId& account : accounts) list.push_back(account.value);
  return list;
}

}  // namespace

Json json_of(const std::optional<Instant>& instant) {
  return instant ? Json(to_string(*instant)) : Json(nullptr);
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
  json["event"] = record.event == 0 ? Json(nullptr) : Json(record.event);
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
  json["event"] = entry.event == 0 ? Json(nullptr) : Json(entry.event);
  json["since"] = to_string(entry.since);
  json["adopted"] = entry.adopted;
  return json;
}

Json json_of(const PersonRow& row) {
  Json json;
  json["id"] = row.record.id.value;
  json["attributes"] = json_of(row.record.attributes);
  json["accounts"] = ids_of(row.accounts);
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

Json json_of(const StatusView& view) {
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
  json["roles"] = names_of(access.roles);
  json["direct_roles"] = names_of(access.direct_roles);
  json["permissions"] = access.permissions;
  return json;
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
  }
  std::abort();
}

}  // namespace rosterd::cli
