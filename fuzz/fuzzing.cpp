#include "fuzzing.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace rosterd::fuzz {

void require(bool holds, std::string_view claim, std::string_view shown) {
  if (holds) return;
  const std::string said(claim);
  const std::string instead = printable(shown, 2000);
  std::fprintf(stderr, "not so: %s\n%s\n", said.c_str(), instead.c_str());
  std::abort();
}

void require_sentence(std::string_view text, std::size_t bytes_max) {
  require(!text.empty(), "a message says something");
  require(text.size() <= bytes_max, "a message has an end", text);
  require(!invalid_utf8_at(text), "a message is UTF-8", text);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  require(std::none_of(text.begin(), text.end(), is_control), "a message is one line", text);
}

std::string_view Input::line() {
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  return line;
}

std::size_t Choices::next(std::size_t count) {
  if (line_.empty()) return 0;
  const auto byte = static_cast<unsigned char>(line_[at_]);
  at_ = (at_ + 1) % line_.size();
  return (byte >= '0' ? byte - '0' : byte + 208U) % count;
}

}  // namespace rosterd::fuzz
