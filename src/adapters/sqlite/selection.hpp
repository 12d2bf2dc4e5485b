#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/views.hpp"

#include <string>
#include <string_view>

namespace rosterd::sqlite {

/// Every open event, found by an index: those that are due at once, which are pending, by one, and
/// the others by another.
inline constexpr std::string_view open_events =
    "SELECT event FROM outbox WHERE due_at IS NOT NULL "
    "UNION SELECT event FROM outbox WHERE finished_at IS NULL AND due_at IS NOT 0";

/// Which events, as SQL over `event e JOIN outbox o`: ` WHERE …` or nothing.
std::string where_clause(const EventSelection& selection);

/// Binds what `where_clause` left open, in its order.
void bind_selection(Query& query, const EventSelection& selection);

}  // namespace rosterd::sqlite
