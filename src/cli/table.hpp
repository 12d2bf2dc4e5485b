#pragma once

#include "rosterd/base/instant.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace rosterd::cli {

/// Whether to colour: standard output is a terminal, and NO_COLOR is not set.
bool colour_wanted();

enum class Tone { plain, good, bad, careful, dim };

/// The text in the tone's colour, or as it is when nobody wants colour.
std::string toned(const std::string& text, Tone tone);

/// Columns for people: aligned by what a terminal shows, cells made safe for one line.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  void print(std::ostream& out) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

/// The number of terminal columns that UTF-8 text takes, counting code points; colour codes take
/// none.
std::size_t width(const std::string& text);

/// RFC 3339 to the second, for tables; `--json` has all of it.
std::string brief(Instant instant);

/// `1 event`, `2 events`
std::string counted(std::size_t count, const std::string& singular, const std::string& plural);

}  // namespace rosterd::cli
