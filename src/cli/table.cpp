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
  std::vector<std::vector<std::string>> cells;
  cells.push_back(header_);
  for (const auto& row : rows_) {
    auto& safe = cells.emplace_back();
    for (const std::string& cell : row) {
      const bool coloured = cell.starts_with('\x1b');
      safe.push_back(coloured ? cell : printable(cell, cell_bytes_max));
    }
  }
  std::vector<std::size_t> widths(header_.size(), 0);
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], width(row[i]));
    }
  }
  const bool titled = std::any_of(header_.begin(), header_.end(), [](const std::string& title) {
    return !title.empty();
  });
  for (std::size_t line = titled ? 0 : 1; line < cells.size(); ++line) {
    std::string text;
    for (std::size_t i = 0; i < cells[line].size() && i < widths.size(); ++i) {
      const std::string& cell = cells[line][i];
      text += line == 0 ? toned(cell, Tone::dim) : cell;
      const bool last = i + 1 == cells[line].size();
      if (!last) text += std::string(widths[i] - width(cell) + 2, ' ');
    }
    out << text << '\n';
  }
}

}  // namespace rosterd::cli
