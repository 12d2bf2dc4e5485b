#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/base/result.hpp"
#include "rosterd/ingest/row_mapper.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace rosterd::ingest {

/// What the sender says about a file, beside it: `{"rows": 624, "sha256": "…"}`, one or both.
struct Manifest {
  std::optional<std::uint64_t> rows;  ///< without header rows
  std::string sha256;                 ///< lower-case hex; empty: not said
};

Result<Manifest, HeaderProblem> parse_manifest(std::string_view text);

/// The manifest beside `file`: `NAME.manifest.json`, or the same without NAME's extension. Nothing
/// when there is none.
std::optional<std::filesystem::path> find_manifest(const std::filesystem::path& file);

Result<Manifest, HeaderProblem> read_manifest(const std::filesystem::path& path);

}  // namespace rosterd::ingest
