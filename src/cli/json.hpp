#pragma once

#include "rosterd/domain/audit.hpp"
#include "rosterd/domain/drift.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/plan.hpp"
#include "rosterd/domain/residual.hpp"
#include "rosterd/domain/storage.hpp"
#include "rosterd/ports/views.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::cli {

/// What `--json` prints; keys are stable. Instants are RFC 3339 in UTC, absent values are null.
nlohmann::ordered_json json_of(const std::optional<Instant>& instant);
nlohmann::ordered_json text_or_null(const std::string& text);
nlohmann::ordered_json json_of(const std::vector<PersonId>& people);
nlohmann::ordered_json json_of(const std::vector<AccountId>& accounts);
nlohmann::ordered_json json_of(const std::vector<EntitlementName>& names);
nlohmann::ordered_json json_of(const AttributeValue& value);
nlohmann::ordered_json json_of(const Attributes& attributes);
nlohmann::ordered_json json_of(const EventRow& row);
nlohmann::ordered_json json_of(const AttemptRow& row);
nlohmann::ordered_json json_of(const OperationRecord& record);
nlohmann::ordered_json json_of(const LedgerEntry& entry);
nlohmann::ordered_json json_of(const PersonRow& row);
nlohmann::ordered_json json_of(const Intake& intake);
nlohmann::ordered_json json_of(const Change& change);
nlohmann::ordered_json json_of(const Unmet& unmet);
nlohmann::ordered_json json_of(const EffectiveAccess& access);
nlohmann::ordered_json json_of(const HeldRemoval& removal);
nlohmann::ordered_json json_of(const Hold& hold);
nlohmann::ordered_json json_of(const DriftRow& row);
nlohmann::ordered_json json_of(const ReconcileReport& report);
nlohmann::ordered_json json_of(const ResidualRow& row);
nlohmann::ordered_json json_of(const AuditRow& row);

/// `limit` is `[target] storage_bytes_max`; 0: there is none.
nlohmann::ordered_json json_of(const StorageReading& reading, std::uint64_t limit);

std::uint64_t percent_of(std::uint64_t bytes, std::uint64_t limit);

/// What `rosterd status` knows besides the store's own view.
struct StatusExtras {
  std::uint64_t storage_limit = 0;
  std::vector<PersonId> leavers_given_up;  ///< the event of their leaving is dead
  std::vector<DriftRow> contended;
};
nlohmann::ordered_json json_of(const StatusView& view, const StatusExtras& extras);

/// What `json_of` wrote, read back from an answer of the daemon. Nothing: it is something else.
std::optional<Hold> hold_of(const nlohmann::ordered_json& json);
std::optional<ReconcileReport> reconcile_report_of(const nlohmann::ordered_json& json);

std::string_view in_words(Change::Kind kind);
/// `the person has no account`, …
std::string_view in_words(Unmet::Why why);

}  // namespace rosterd::cli
