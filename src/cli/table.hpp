#pragma once

#include "rosterd/base/instant.hpp"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::cli {

/// Whether to colour: standard output is a terminal, and NO_COLOR is not set.
bool colour_wanted();

enum class Tone { plain, good, bad, careful, dim };

/// The text in the tone's colour, or as it is when nobody wants colour.
std::string toned(const std::string& text, Tone tone);

/// What stands in one place of a table; text from anywhere, and our own colour for it.
struct Cell {
  Cell(std::string text_) : text(std::move(text_)) {}
  Cell(const char* text_) : text(text_) {}
  Cell(std::string text_, Tone tone_) : text(std::move(text_)), tone(tone_) {}

  std::string text;
  Tone tone = Tone::plain;
};

/// Columns for people: aligned by what a terminal shows, cells made safe for one line.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  void print(std::ostream& out) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;
};

/// The number of terminal columns that UTF-8 text takes, counting code points; colour codes take
/// none.
std::size_t width(const std::string& text);

/// RFC 3339 to the second, for tables; `--json` has all of it.
std::string brief(Instant instant);

/// `1 event`, `2 events`
std::string counted(std::size_t count, const std::string& singular, const std::string& plural);

}  // namespace rosterd::cli
