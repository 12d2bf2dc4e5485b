#include "table.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace rosterd::cli {

namespace {

const char* code(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::good:
      return "\x1b[32m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::careful:
      return "\x1b[33m";
    case Tone::dim:
      return "\x1b[2m";
  }
  std::abort();
}

constexpr std::size_t cell_bytes_max = 120;
constexpr std::size_t detail_bytes_max = 4'000;  ///< of a list of names and values
constexpr std::size_t gap = 2;

/// One line; a column is filled up only when something follows it.
std::string joined(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  std::size_t missing = 0;
  for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
    const Cell& cell = cells[i];
    if (!cell.text.empty()) {
      line += std::string(missing, ' ') + toned(cell.text, cell.tone);
      missing = 0;
    }
    missing += widths[i] - width(cell.text) + gap;
  }
  return line;
}

}  // namespace

bool colour_wanted() {
  static const bool wanted = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted;
}

std::string toned(const std::string& text, Tone tone) {
  if (!colour_wanted() || tone == Tone::plain) return text;
  return code(tone) + text + "\x1b[0m";
}

std::size_t width(const std::string& text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
      if (i == std::string::npos) break;
      continue;
    }
    const bool continues_code_point = (text[i] & 0xC0) == 0x80;
    if (!continues_code_point) ++columns;
  }
  return columns;
}

std::string counted(std::size_t count, const std::string& singular, const std::string& plural) {
  return std::to_string(count) + " " + (count == 1 ? singular : plural);
}

std::string brief(Instant instant) {
  return to_string(Instant{std::chrono::floor<std::chrono::seconds>(instant)});
}

void Table::print(std::ostream& out) const {
  std::vector<std::vector<Cell>> lines;
  const bool titled = std::any_of(header_.begin(), header_.end(), [](const std::string& title) {
    return !title.empty();
  });
  if (titled) {
    auto& titles = lines.emplace_back();
    for (const std::string& title : header_) titles.emplace_back(title, Tone::dim);
  }
  for (const auto& row : rows_) {
    auto& safe = lines.emplace_back();
    const std::size_t bytes_max = titled ? cell_bytes_max : detail_bytes_max;
    for (const Cell& cell : row) safe.emplace_back(printable(cell.text, bytes_max), cell.tone);
  }
  std::vector<std::size_t> widths(header_.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], width(line[i].text));
    }
  }
  for (const auto& line : lines) out << joined(line, widths) << '\n';
}

}  // namespace rosterd::cli
