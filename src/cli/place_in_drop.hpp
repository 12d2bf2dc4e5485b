#pragma once

#include "rosterd/config.hpp"

#include <filesystem>

namespace rosterd::cli {

/// Copies a file into the drop's `incoming/` as a careful source would: hidden and synced first,
/// then renamed in, never over a file that waits there, and after its manifest where the drop
/// requires one. Gives where it lies now; throws a CommandError with the remedy when it cannot.
std::filesystem::path place_in_drop(const std::filesystem::path& file, const DropConfig& drop);

}  // namespace rosterd::cli
