#pragma once

#include "json.hpp"
#include "rosterd/ports/views.hpp"

#include <ostream>

namespace rosterd::cli {

/// What is happening, for people. Whoever has left and may still have access is named every time.
void print_status(
    const StatusView& view, const StatusExtras& extras, Instant now, std::ostream& out
);

}  // namespace rosterd::cli
