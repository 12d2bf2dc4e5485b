#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/views.hpp"

#include <string>

namespace rosterd::sqlite {

/// Which events, as SQL over `event e JOIN outbox o`: ` WHERE …` or nothing.
std::string where_clause(const EventSelection& selection);

/// Binds what `where_clause` left open, in its order.
void bind_selection(Query& query, const EventSelection& selection);

}  // namespace rosterd::sqlite
