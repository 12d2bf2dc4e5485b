#include "adapters/toml/document.hpp"

#include "rosterd/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace rosterd::config_files {

std::optional<std::string> read_text(const std::filesystem::path& file, Problems& problems) {
  constexpr std::uintmax_t bytes_max = 16U << 20U;
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    problems.add({}, "is a folder, should be a TOML file");
    return std::nullopt;
  }
  const auto size = std::filesystem::file_size(file, error);
  if (!error && size > bytes_max) {
    problems.add({}, "is larger than 16 MiB, which no configuration is");
    return std::nullopt;
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    problems.add({}, std::string("cannot be read: ") + std::strerror(errno));
    return std::nullopt;
  }
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) {
    problems.add({}, "cannot be read to its end");
    return std::nullopt;
  }
  return text;
}

std::optional<::toml::table> parse(std::string_view text, Problems& problems) {
  try {
    return ::toml::parse(text);
  } catch (const ::toml::parse_error& error) {
    // The library quotes the text as it is, line breaks and escape sequences too.
    problems.add(position_of(error.source()), "not TOML: " + printable(error.description(), 500));
    return std::nullopt;
  }
}

}  // namespace rosterd::config_files
