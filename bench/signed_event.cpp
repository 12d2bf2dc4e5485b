#include "signed_event.hpp"

#include <openssl/evp.h>

#include <array>
#include <string_view>
#include <utility>

namespace rosterd::bench {

namespace {

constexpr std::string_view secret = "a key that signs what is measured";

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()),
      reinterpret_cast<const unsigned char*>(bytes.data()),
      static_cast<int>(bytes.size())
  );
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

std::string signing_key() {
  return "whsec_" + base64(secret);
}

SignedEvent signed_event(
    std::string id, std::string body, std::int64_t timestamp, const Crypto& crypto
) {
  SignedEvent made;
  made.id = std::move(id);
  made.timestamp = std::to_string(timestamp);
  made.body = std::move(body);
  const std::array<std::string_view, 5> parts = {made.id, ".", made.timestamp, ".", made.body};
  made.signature = "v1," + base64(crypto.hmac(HmacAlgorithm::sha256, secret, parts));
  return made;
}

}  // namespace rosterd::bench
