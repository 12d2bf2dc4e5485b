#pragma once

#include "rosterd/domain/guard.hpp"
#include "rosterd/ports/views.hpp"
#include "rosterd/sync/explain.hpp"

namespace rosterd::cli {

/// What the store knows of a person, for `sync::explain`; nobody has asked the tenant yet.
sync::ExplainInput explain_input(
    Views& views, const PersonRow& row, const GuardSettings& guard, Instant now
);

}  // namespace rosterd::cli
