#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/ports/intake_store.hpp"

#include <string_view>

namespace rosterd::sqlite {

inline constexpr std::string_view intake_columns =
    "i.id, i.source, i.file_name, i.sha256, i.state, i.taken_at, i.finished_at, i.rows, "
    "i.rows_failed, i.people, i.quarantined, i.joined, i.changed, i.departed, i.unchanged, "
    "i.reason";
Intake decode_intake(Row row);

}  // namespace rosterd::sqlite
