#pragma once

#include "sandbox/tenant.hpp"

#include <filesystem>

namespace rosterd::sandbox {

/// Fills storage and users from the file; a file that is not there is an empty state. Throws
/// `std::runtime_error` when it cannot be read or is no state.
void read_state_file(Tenant& tenant, const std::filesystem::path& file);

/// Takes a state apart into storage and users. Throws `std::invalid_argument`.
void load_state(Tenant& tenant, std::string_view text);

/// Writes storage and users beside the file, makes that durable, and puts it in its place. Throws
/// `std::system_error`.
void write_state_file(const Tenant& tenant, const std::filesystem::path& file);

}  // namespace rosterd::sandbox
