#include "rosterd/base/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace rosterd {

namespace {

constexpr std::array<bool, 256> needs_no_escape = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < plain.size(); ++byte) plain[byte] = true;
  for (const char c : {'"', '\\', '\x7F'}) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}();

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto is_plain = [](char c) { return needs_no_escape[static_cast<unsigned char>(c)]; };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    const std::size_t quote = out.size();
    out.resize(quote + text.size() + 2, '"');
    text.copy(out.data() + quote + 1, text.size());
    return;
  }
  out += '"';
  while (!text.empty()) {
    const auto special = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto length = static_cast<std::size_t>(special - text.begin());
    out += text.substr(0, length);
    text.remove_prefix(length);
    if (text.empty()) break;
    const char c = text.front();
    text.remove_prefix(1);
    out += '\\';
    if (c == '"' || c == '\\') {
      out += c;
    } else if (c == '\n') {
      out += 'n';
    } else if (c == '\t') {
      out += 't';
    } else {
      out += "u00";
      out += digits[static_cast<unsigned char>(c) >> 4U];
      out += digits[static_cast<unsigned char>(c) & 15U];
    }
  }
  out += '"';
}

}  // namespace rosterd
