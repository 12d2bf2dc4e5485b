#include "ingest/signature_encoding.hpp"

#include <array>
#include <cstdint>

namespace rosterd::ingest {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What each character stands for, and -1 where it stands for nothing.
using Base64Values = std::array<std::int8_t, 256>;

constexpr Base64Values base64_values(char of_62, char of_63) {
  Base64Values values{};
  values.fill(-1);
  std::int8_t value = 0;
  const auto next_is = [&](char c) { values[static_cast<unsigned char>(c)] = value++; };
  for (char c = 'A'; c <= 'Z'; ++c) next_is(c);
  for (char c = 'a'; c <= 'z'; ++c) next_is(c);
  for (char c = '0'; c <= '9'; ++c) next_is(c);
  next_is(of_62);
  next_is(of_63);
  return values;
}

constexpr Base64Values standard_values = base64_values('+', '/');
constexpr Base64Values url_safe_values = base64_values('-', '_');

}  // namespace

std::optional<std::string> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::string> decode_base64(
    std::string_view text, Base64Alphabet alphabet, Base64Padding padding
) {
  const bool padded = text.ends_with('=');
  if ((padded || padding == Base64Padding::required) && text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) text.remove_suffix(1);
  if (padded) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;

  const bool url_safe = alphabet == Base64Alphabet::url_safe;
  const Base64Values& values = url_safe ? url_safe_values : standard_values;
  std::string bytes(text.size() * 3 / 4, '\0');
  char* next = bytes.data();
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    pending = (pending << 6U) | static_cast<std::uint32_t>(value);
    pending_bits += 6;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      *next++ = static_cast<char>((pending >> pending_bits) & 0xffU);
      pending &= (1U << pending_bits) - 1U;
    }
  }
  if (pending != 0) return std::nullopt;
  return bytes;
}

}  // namespace rosterd::ingest
