#include "adapters/toml/problems.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <tuple>

namespace rosterd {

std::string ConfigProblem::to_string() const {
  if (line == 0) return file + ": " + text;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + text;
}

}  // namespace rosterd

namespace rosterd::config_files {

void Problems::add(Position at, std::string text) {
  problems_.push_back({.file = file_, .line = at.line, .column = at.column, .text = std::move(text)}
  );
}

std::vector<ConfigProblem> Problems::sorted() const {
  auto in_order = problems_;
  std::stable_sort(in_order.begin(), in_order.end(), [](const auto& left, const auto& right) {
    return std::tie(left.line, left.column) < std::tie(right.line, right.column);
  });
  return in_order;
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += in_quotes(words[i]);
  }
  return text;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto meant = nearest(word, candidates);
  return meant ? "; did you mean " + in_quotes(*meant) + "?" : "";
}

std::string in_quotes(std::string_view word) {
  return "\"" + printable(word) + "\"";
}

}  // namespace rosterd::config_files
