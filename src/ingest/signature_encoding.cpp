#include "ingest/signature_encoding.hpp"

#include <cstdint>

namespace rosterd::ingest {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base64_value(char c, Base64Alphabet alphabet) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  const bool url_safe = alphabet == Base64Alphabet::url_safe;
  if (c == (url_safe ? '-' : '+')) return 62;
  if (c == (url_safe ? '_' : '/')) return 63;
  return -1;
}

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

  std::string bytes(text.size() * 3 / 4, '\0');
  char* next = bytes.data();
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const char c : text) {
    const int value = base64_value(c, alphabet);
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
