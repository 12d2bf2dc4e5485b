#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/ports/crypto.hpp"

#include <filesystem>

namespace rosterd {

/// The SHA-256 of a file's bytes. Blocking; throws `system_error` when it cannot be read.
Digest file_digest(const std::filesystem::path& file, const Crypto& crypto);

}  // namespace rosterd
