#include "sandbox/token_issuer.hpp"

#include "sandbox/payload.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace rosterd::sandbox {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648 section 5, without padding.
std::string base64url(std::string_view bytes) {
  std::string text;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = ((buffer << 8U) | static_cast<unsigned char>(c)) & 0xFFFFU;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[(buffer >> static_cast<unsigned>(bits)) & 63U];
    }
  }
  if (bits > 0) text += alphabet[(buffer << static_cast<unsigned>(6 - bits)) & 63U];
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    buffer = ((buffer << 6U) | static_cast<unsigned>(value)) & 0xFFFFU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((buffer >> static_cast<unsigned>(bits)) & 0xFFU);
    }
  }
  return bytes;
}

void require(bool worked) {
  if (!worked) throw std::runtime_error("OpenSSL refused an RSA operation");
}

struct Parts {
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
  std::string_view signed_text;
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{
      .header = token.substr(0, first),
      .claims = token.substr(first + 1, second - first - 1),
      .signature = token.substr(second + 1),
      .signed_text = token.substr(0, second)};
}

std::optional<Json> object_in(std::string_view encoded) {
  const auto text = from_base64url(encoded);
  if (!text) return std::nullopt;
  auto value = parse_json(*text);
  if (!value || !value->is_object()) return std::nullopt;
  return value;
}

}  // namespace

class SigningKey {
 public:
  SigningKey() : key_(EVP_RSA_gen(2048)) { require(key_ != nullptr); }
  ~SigningKey() { EVP_PKEY_free(key_); }
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;

  std::string sign(std::string_view text) const {
    const Context context;
    require(EVP_DigestSignInit(context.value, nullptr, EVP_sha256(), nullptr, key_) == 1);
    std::size_t length = 0;
    require(EVP_DigestSign(context.value, nullptr, &length, bytes(text), text.size()) == 1);
    std::vector<unsigned char> signature(length);
    require(
        EVP_DigestSign(context.value, signature.data(), &length, bytes(text), text.size()) == 1
    );
    return {signature.begin(), signature.begin() + static_cast<std::ptrdiff_t>(length)};
  }

  bool verifies(std::string_view text, std::string_view signature) const {
    const Context context;
    require(EVP_DigestVerifyInit(context.value, nullptr, EVP_sha256(), nullptr, key_) == 1);
    const int verdict = EVP_DigestVerify(
        context.value, bytes(signature), signature.size(), bytes(text), text.size()
    );
    return verdict == 1;
  }

  /// A public number of the key, big-endian.
  std::string number(const char* parameter) const {
    BIGNUM* value = nullptr;
    require(EVP_PKEY_get_bn_param(key_, parameter, &value) == 1);
    std::vector<unsigned char> big_endian(static_cast<std::size_t>(BN_num_bytes(value)));
    BN_bn2bin(value, big_endian.data());
    BN_free(value);
    return {big_endian.begin(), big_endian.end()};
  }

  /// The key's name: the RFC 7638 thumbprint.
  std::string id() const {
    const std::string canonical = "{\"e\":\"" + base64url(number(OSSL_PKEY_PARAM_RSA_E)) +
                                  "\",\"kty\":\"RSA\",\"n\":\"" +
                                  base64url(number(OSSL_PKEY_PARAM_RSA_N)) + "\"}";
    std::array<unsigned char, 32> digest{};
    require(
        EVP_Digest(
            canonical.data(), canonical.size(), digest.data(), nullptr, EVP_sha256(), nullptr
        ) == 1
    );
    return base64url(std::string(digest.begin(), digest.end()));
  }

 private:
  struct Context {
    Context() : value(EVP_MD_CTX_new()) { require(value != nullptr); }
    ~Context() { EVP_MD_CTX_free(value); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    EVP_MD_CTX* value;
  };

  static const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }

  EVP_PKEY* key_;
};

TokenIssuer::TokenIssuer() = default;
TokenIssuer::~TokenIssuer() = default;

SigningKey& TokenIssuer::key() {
  // Making one takes a tenth of a second: sandboxes of one process share it.
  static const auto shared = std::make_shared<SigningKey>();
  if (!key_) key_ = shared;
  return *key_;
}

std::string TokenIssuer::sign(const Json& claims) {
  Json header = Json::object();
  header["alg"] = "RS256";
  header["typ"] = "JWT";
  header["kid"] = key().id();
  const std::string text = base64url(dumped(header)) + "." + base64url(dumped(claims));
  return text + "." + base64url(key().sign(text));
}

std::optional<TokenIssuer::Decoded> TokenIssuer::decode(std::string_view token) {
  const auto parts = split(token);
  if (!parts) return std::nullopt;
  auto header = object_in(parts->header);
  auto claims = object_in(parts->claims);
  if (!header || !claims) return std::nullopt;
  return Decoded{std::move(*header), std::move(*claims)};
}

bool TokenIssuer::signed_by_us(std::string_view token) {
  const auto parts = split(token);
  const auto decoded = decode(token);
  if (!parts || !decoded || !has_text(decoded->header, "alg", "RS256")) return false;
  const auto signature = from_base64url(parts->signature);
  return signature && key().verifies(parts->signed_text, *signature);
}

Json TokenIssuer::key_set() {
  Json entry = Json::object();
  entry["alg"] = "RS256";
  entry["kty"] = "RSA";
  entry["use"] = "sig";
  entry["n"] = base64url(key().number(OSSL_PKEY_PARAM_RSA_N));
  entry["e"] = base64url(key().number(OSSL_PKEY_PARAM_RSA_E));
  entry["kid"] = key().id();
  Json set = Json::object();
  set["keys"] = Json::array();
  set["keys"].push_back(std::move(entry));
  return set;
}

}  // namespace rosterd::sandbox
