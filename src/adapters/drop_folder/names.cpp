#include "adapters/drop_folder/names.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>

namespace rosterd::drop_folder {

namespace {

constexpr std::string_view manifest_suffix = ".manifest.json";
constexpr std::string_view report_suffix = ".errors.csv";

// Time, number and `.errors.csv` must fit behind it into the 255 bytes of a name.
constexpr std::size_t name_bytes_max = 200;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

std::size_t extension_at(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name.size() : dot;
}

}  // namespace

bool is_left_alone(std::string_view name) {
  if (name.starts_with('.')) return true;
  const std::string lower = lower_case(name);
  for (const std::string_view suffix : {".tmp", ".part", ".filepart"}) {
    if (lower.ends_with(suffix)) return true;
  }
  return name.ends_with(manifest_suffix);
}

std::optional<std::string> danger_of(std::string_view name) {
  if (invalid_utf8_at(name)) return "its name is not UTF-8";
  if (printable(name, name.size()) != name) return "its name has control characters";
  if (name.size() > name_bytes_max) return "its name is longer than 200 bytes";
  return std::nullopt;
}

std::string report_name(const std::string& name) {
  return name + std::string(report_suffix);
}

std::string kept_report_name(const std::string& name) {
  return "." + report_name(safe_name(name));
}

bool is_kept_report_name(std::string_view name) {
  constexpr std::string_view unfinished = ".tmp";
  if (!name.starts_with('.')) return false;
  if (name.ends_with(unfinished)) name.remove_suffix(unfinished.size());
  return name.ends_with(report_suffix);
}

std::string safe_name(std::string_view name) {
  std::string safe(name.substr(0, name_bytes_max));
  std::replace_if(safe.begin(), safe.end(), is_control, '_');
  if (printable(safe, safe.size()) != safe) {
    std::replace_if(
        safe.begin(), safe.end(), [](char c) { return (c & 0x80) != 0; }, '_'
    );
  }
  if (safe.ends_with(report_suffix)) safe[safe.rfind('.')] = '_';
  return safe;
}

std::array<std::string, 2> manifest_names(const std::string& name) {
  const std::string suffix(manifest_suffix);
  return {name + suffix, name.substr(0, extension_at(name)) + suffix};
}

std::string with_time(const std::string& name, Instant now, int attempt) {
  std::string time = to_string(std::chrono::floor<std::chrono::seconds>(now));
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  if (attempt > 1) time += "-" + std::to_string(attempt);
  const std::size_t dot = extension_at(name);
  return name.substr(0, dot) + "." + time + name.substr(dot);
}

}  // namespace rosterd::drop_folder
