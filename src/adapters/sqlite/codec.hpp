#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/person.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rosterd::sqlite {

/// How values are written into columns. Objects of attributes are JSON, null clears.
std::string encode(const Attributes& attributes);
std::string encode(const AttributePatch& patch);
Attributes decode_attributes(const std::string& text);
AttributePatch decode_patch(const std::string& text);

/// Which events a record was made of: `newest`, `floor` and `stamps`.
std::string encode_history(const PersonRecord& record);
void decode_history(const std::string& text, PersonRecord& record);

std::optional<Instant> effective_at(const ChangeEvent& event);
std::optional<std::string> effective_on(const ChangeEvent& event);

EntitlementKind decode_entitlement_kind(std::string_view text);

/// At most 4 KiB of a text for people, and no half of a character at its end.
std::string bounded_reason(const std::string& reason);

/// The columns of an event, and the event that such a row holds.
inline constexpr std::string_view event_columns =
    "e.source, e.external_id, e.person, e.type, e.type_text, e.mode, e.attributes, e.occurred_at, "
    "e.effective_at, e.effective_on, e.sequence, e.received_at";
inline constexpr int event_columns_count = 12;
ChangeEvent decode_event(Row row, int first_column);

}  // namespace rosterd::sqlite
