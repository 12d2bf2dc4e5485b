#pragma once

#include "adapters/toml/problems.hpp"
#include "rosterd/base/instant.hpp"

#include <toml++/toml.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::config_files {

/// A string of the file with its place.
struct PlacedText {
  std::string text;
  Position at;
};

/// Reads one TOML table into a struct, a line a key: `table.text("listen", webhook.listen);`.
///
/// A key that is absent leaves the value as it was, a key that is wrong adds a problem and leaves
/// it, too. `finish()` reports the keys that nobody asked for; `section` and `sections` call it.
/// Getters say whether they set the value.
class TableReader {
 public:
  /// The top level of a file.
  TableReader(const ::toml::table& table, Problems& problems)
      : TableReader(table, "", "the file", problems) {}

  bool text(std::string_view key, std::string& into);
  bool text(std::string_view key, std::optional<std::string>& into);
  bool one_of(std::string_view key, std::string& into, const std::vector<std::string>& choices);
  bool boolean(std::string_view key, bool& into);
  bool number(std::string_view key, double& into, double min, double max);
  /// A part of a whole, from 0 to 1; who wrote per cent is told how to write it.
  bool part(std::string_view key, double& into);
  bool duration(std::string_view key, Duration& into, Duration min = Duration{0});
  bool durations(std::string_view key, std::vector<Duration>& into);
  /// An integer, or a text like `"256 KiB"`.
  template <std::unsigned_integral Number>
  bool bytes(std::string_view key, Number& into, std::uint64_t min = 1);
  template <std::integral Number>
  bool integer(std::string_view key, Number& into, std::int64_t min, std::int64_t max);
  /// Relative to `base`; an empty text stays empty.
  bool path(std::string_view key, std::filesystem::path& into, const std::filesystem::path& base);
  bool texts(std::string_view key, std::vector<std::string>& into);
  bool placed_texts(std::string_view key, std::vector<PlacedText>& into);
  /// A table whose values are all texts; its keys are the file's own.
  bool text_map(std::string_view key, std::map<std::string, std::string>& into);

  /// The node as it is; its form is for the caller to check.
  const ::toml::node* node(std::string_view key);

  using Read = std::function<void(TableReader&)>;
  /// `[key]`
  bool section(std::string_view key, const Read& read);
  /// `[[key]]`; how many there are.
  std::size_t sections(std::string_view key, const Read& read);

  /// Reports the keys that are not there. `why` says what each is for.
  void require(std::string_view key, std::string_view why);
  bool has(std::string_view key) const { return table_.contains(key); }
  /// Reports at the value of `key`, or at the table when it is absent.
  void problem(std::string_view key, std::string text);
  void problem(Position at, std::string text) { problems_.add(at, std::move(text)); }
  Position position() const { return position_of(table_); }
  Position position(std::string_view key) const;
  /// For messages: `[webhook]`, `[[drop.column]]`.
  const std::string& place() const { return place_; }
  Problems& problems() { return problems_; }

  void finish();

 private:
  TableReader(const ::toml::table& table, std::string path, std::string place, Problems& problems);
  std::optional<std::int64_t> integer_in(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<std::uint64_t> byte_count(std::string_view key, std::uint64_t min);
  void wrong_type(std::string_view key, const ::toml::node& node, std::string_view wanted);
  std::string path_of(std::string_view key) const;

  const ::toml::table& table_;
  std::string path_;
  std::string place_;
  Problems& problems_;
  std::vector<std::string> known_;
};

/// `a string`, `an integer`: what a node is, in words.
std::string_view type_in_words(const ::toml::node& node);

template <std::unsigned_integral Number>
bool TableReader::bytes(std::string_view key, Number& into, std::uint64_t min) {
  const auto value = byte_count(key, min);
  if (value) into = static_cast<Number>(*value);
  return value.has_value();
}

template <std::integral Number>
bool TableReader::integer(std::string_view key, Number& into, std::int64_t min, std::int64_t max) {
  const auto value = integer_in(key, min, max);
  if (value) into = static_cast<Number>(*value);
  return value.has_value();
}

}  // namespace rosterd::config_files
