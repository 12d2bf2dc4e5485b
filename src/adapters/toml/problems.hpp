#pragma once

#include "rosterd/config.hpp"

#include <toml++/toml.h>

#include <cstddef>
#include <string>
#include <vector>

namespace rosterd::config_files {

/// Where something stands in a file; from 1. Line 0: the file as a whole.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
};

inline Position position_of(const ::toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}
inline Position position_of(const ::toml::node& node) {
  return position_of(node.source());
}

/// Collects what is wrong with one file, so that all of it can be shown at once.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(Position at, std::string text);
  bool empty() const { return problems_.empty(); }

  /// Everything found, in the order of the file.
  std::vector<ConfigProblem> sorted() const;

 private:
  std::string file_;
  std::vector<ConfigProblem> problems_;
};

/// `"a", "b" or "c"`
std::string alternatives(const std::vector<std::string>& words);

/// `; did you mean "department"?`, when one of the candidates is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// For messages: the word in quotes, safe to print.
std::string in_quotes(std::string_view word);

}  // namespace rosterd::config_files
