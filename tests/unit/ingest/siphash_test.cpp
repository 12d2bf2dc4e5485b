#include "ingest/siphash.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace rosterd::ingest {
namespace {

std::string in_hex(const Key128& hash) {
  char bytes[sizeof hash];
  std::memcpy(bytes, &hash, sizeof hash);
  std::string text;
  for (const char byte : bytes) {
    constexpr char digits[] = "0123456789ABCDEF";
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return text;
}

// As OpenSSL's SIPHASH gives them, which are those of the authors' reference.
TEST(SipHash, IsThatOfTheReference) {
  const Key128 key{.high = 0x0706050403020100, .low = 0x0f0e0d0c0b0a0908};
  std::string counting;
  for (char c = 0; c < 15; ++c) counting += c;

  EXPECT_EQ(in_hex(siphash(key, "")), "A3817F04BA25A8E66DF67214C7550293");
  EXPECT_EQ(in_hex(siphash(key, counting.substr(0, 1))), "DA87C1D86B99AF44347659119B22FC45");
  EXPECT_EQ(in_hex(siphash(key, counting.substr(0, 2))), "8177228DA4A45DC7FCA38BDEF60AFFE4");
  EXPECT_EQ(in_hex(siphash(key, counting)), "5493E99933B0A8117E08EC0F97CFC3D9");
}

}  // namespace
}  // namespace rosterd::ingest
