#pragma once

#include "rosterd/base/instant.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace rosterd::drop_folder {

/// Whether a sender still writes under that name, or it is no file to be handled.
bool is_left_alone(std::string_view name);

/// Why a file of that name is not taken, if so: its name could not be shown, or nothing could be
/// added to it.
std::optional<std::string> danger_of(std::string_view name);

/// What is wrong with NAME lies beside it as `NAME.errors.csv`.
std::string report_name(const std::string& name);

/// Where the report on NAME is kept until NAME is put away: left alone, as is all that is hidden.
std::string kept_report_name(const std::string& name);

/// Whether it is such a name, or that of one that was being written.
bool is_kept_report_name(std::string_view name);

/// The name with everything dangerous replaced, and never that of a report: a file must not lie
/// where the report on another belongs.
std::string safe_name(std::string_view name);

/// The names that a manifest of that file may have.
std::array<std::string, 2> manifest_names(const std::string& name);

/// `roster.csv` → `roster.20260302T090000Z.csv`, with a number from 2 on when `attempt` is more
/// than 1.
std::string with_time(const std::string& name, Instant now, int attempt);

}  // namespace rosterd::drop_folder
