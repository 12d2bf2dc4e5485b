#pragma once

#include "support/raw_client.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// An HTTP request on a connection of its own.
struct WireRequest {
  std::string method = "GET";
  std::string target;
  Headers headers;
  std::string body;

  std::string bytes() const {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "Connection: close\r\n\r\n" + body;
  }
};

struct WireAnswer {
  unsigned status = 0;
  std::string body;
};

/// Nothing: nobody listens, or the connection broke before the answer was whole.
inline std::optional<WireAnswer> ask(std::uint16_t port, const WireRequest& request) {
  try {
    RawClient client = RawClient::tcp(port);
    const std::string answer = client.say(request.bytes()).answer();
    return WireAnswer{status_of(answer), body_of(answer)};
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

inline std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = ::EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()),
      reinterpret_cast<const unsigned char*>(bytes.data()),
      static_cast<int>(bytes.size())
  );
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// The headers of Standard Webhooks for this body, made at `at` with the raw `key`.
inline Headers signed_headers(
    const std::string& key,
    const std::string& id,
    const std::string& body,
    std::chrono::system_clock::time_point at = std::chrono::system_clock::now()
) {
  const auto since_epoch = at.time_since_epoch();
  const std::string stamp =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count());
  const std::string text = id + "." + stamp + "." + body;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  ::HMAC(
      ::EVP_sha256(),
      key.data(),
      static_cast<int>(key.size()),
      reinterpret_cast<const unsigned char*>(text.data()),
      text.size(),
      mac,
      &length
  );
  const std::string signature(reinterpret_cast<const char*>(mac), length);
  return {
      {"content-type", "application/json"},
      {"webhook-id", id},
      {"webhook-timestamp", stamp},
      {"webhook-signature", "v1," + base64(signature)}};
}

}  // namespace rosterd::test
