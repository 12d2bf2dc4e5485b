#include "ingest/manifest.hpp"

#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <system_error>

namespace rosterd::ingest {

namespace {

constexpr std::size_t manifest_bytes_max = 64 << 10;

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<Manifest, HeaderProblem> parse_manifest(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return HeaderProblem("the manifest is not a JSON object");
  Manifest manifest;
  if (const auto rows = json.find("rows"); rows != json.end()) {
    if (!rows->is_number_unsigned()) {
      return HeaderProblem("rows of the manifest is not a number of rows");
    }
    manifest.rows = rows->get<std::uint64_t>();
  }
  if (const auto sha256 = json.find("sha256"); sha256 != json.end()) {
    if (sha256->is_string()) manifest.sha256 = lower_case(sha256->get<std::string>());
    if (!is_sha256(manifest.sha256)) {
      return HeaderProblem("sha256 of the manifest is not 64 hexadecimal digits");
    }
  }
  if (!manifest.rows && manifest.sha256.empty()) {
    return HeaderProblem("the manifest says neither rows nor sha256");
  }
  return manifest;
}

std::optional<std::filesystem::path> find_manifest(const std::filesystem::path& file) {
  for (const auto& name : {file.filename(), file.stem()}) {
    const auto path = file.parent_path() / (name.string() + ".manifest.json");
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return path;
  }
  return std::nullopt;
}

Result<Manifest, HeaderProblem> read_manifest(const std::filesystem::path& path) {
  auto file = FileSource::open(path);
  if (!file) return HeaderProblem("the manifest " + file.error().reason);
  std::string text(manifest_bytes_max + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto taken = file->read(std::span(text).subspan(filled));
    if (!taken || *taken == 0) break;
    filled += *taken;
  }
  if (filled > manifest_bytes_max) return HeaderProblem("the manifest is longer than 64 KiB");
  return parse_manifest(std::string_view(text).substr(0, filled));
}

}  // namespace rosterd::ingest
