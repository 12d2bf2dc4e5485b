#pragma once

#include "rosterd/domain/plan.hpp"
#include "rosterd/ports/target.hpp"
#include "rosterd/ports/views.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rosterd::cli {

/// What `--json` prints; keys are stable. Instants are RFC 3339 in UTC, absent values are null.
nlohmann::ordered_json json_of(const std::optional<Instant>& instant);
nlohmann::ordered_json json_of(const AttributeValue& value);
nlohmann::ordered_json json_of(const Attributes& attributes);
nlohmann::ordered_json json_of(const EventRow& row);
nlohmann::ordered_json json_of(const AttemptRow& row);
nlohmann::ordered_json json_of(const OperationRecord& record);
nlohmann::ordered_json json_of(const LedgerEntry& entry);
nlohmann::ordered_json json_of(const PersonRow& row);
nlohmann::ordered_json json_of(const Intake& intake);
nlohmann::ordered_json json_of(const StatusView& view);
nlohmann::ordered_json json_of(const Change& change);
nlohmann::ordered_json json_of(const Unmet& unmet);
nlohmann::ordered_json json_of(const EffectiveAccess& access);

std::string_view in_words(Change::Kind kind);
/// `the person has no account`, …
std::string_view in_words(Unmet::Why why);

}  // namespace rosterd::cli
