#include "rosterd/ingest/signature.hpp"

#include "fuzzing.hpp"
#include "ingest/signature_encoding.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/base/text.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Lines: scheme; template of a scheme of one's own; time stamp; id; signature. Below them the body.

namespace rosterd::ingest {
namespace {

constexpr std::string_view key = "signing-key";
constexpr std::string_view key_base64 = "c2lnbmluZy1rZXk=";
constexpr std::string_view own_header = "x-own-header";

const Crypto& crypto() {
  static const std::unique_ptr<Crypto> made = openssl::make_crypto();
  return *made;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    std::array<char, 4> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x", static_cast<unsigned char>(c));
    text += digits.data();
  }
  return text;
}

std::string base64(std::string_view bytes, bool url_safe) {
  std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (url_safe) letters.replace(62, 2, "-_");
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view part = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < part.size() ? static_cast<unsigned char>(part[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const bool used = i <= part.size();
      text += used ? letters[bits >> (18U - 6U * static_cast<unsigned>(i)) & 63U] : '=';
    }
  }
  return text;
}

std::string encoded(SignatureEncoding encoding, std::string_view bytes) {
  if (encoding == SignatureEncoding::hex) return hex(bytes);
  return base64(bytes, encoding == SignatureEncoding::base64url);
}

/// A request with the headers of a scheme, and what its sender would sign.
struct Delivery {
  std::string_view timestamp;
  std::string_view id;
  std::string_view body;

  HttpRequest request(const SignatureProfile& profile, std::string_view signature) const {
    HttpRequest request;
    request.method = "POST";
    request.target = "/v1/events/hr";
    request.body = body;
    request.headers.emplace_back(profile.signature_header, signature);
    request.headers.emplace_back(own_header, "own");
    if (!profile.timestamp_header.empty()) {
      request.headers.emplace_back(profile.timestamp_header, timestamp);
    }
    if (!profile.id_header.empty()) request.headers.emplace_back(profile.id_header, id);
    return request;
  }

  /// The template with its parts filled in, one after the other.
  std::string text(const SignatureProfile& profile) const {
    const std::vector<std::pair<std::string, std::string_view>> parts = {
        {"{body}", body},
        {"{method}", "POST"},
        {"{header:" + profile.timestamp_header + "}", timestamp},
        {"{header:" + profile.id_header + "}", id},
        {"{header:" + std::string(own_header) + "}", "own"}};
    std::string filled;
    std::string_view rest = profile.signed_template;
    while (!rest.empty()) {
      std::size_t taken = 1;
      std::string_view put = rest.substr(0, 1);
      for (const auto& [name, value] : parts) {
        if (!equal_ignoring_case(rest.substr(0, name.size()), name)) continue;
        taken = name.size();
        put = value;
      }
      filled += put;
      rest.remove_prefix(taken);
    }
    return filled;
  }
};

SignatureProfile own_profile(std::string_view signed_template) {
  SignatureProfile profile;
  profile.name = "own";
  profile.signed_template = signed_template;
  profile.signature_header = "x-signature";
  profile.value_prefix = "v1=";
  profile.value_list = true;
  profile.timestamp_header = "x-time";
  profile.id_header = "x-id";
  profile.encoding = SignatureEncoding::base64url;
  return profile;
}

void require_verdicts(const SignatureProfile& profile, Delivery delivery, std::string_view said) {
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  const std::string_view made = profile.key_encoding == KeyEncoding::base64 ? key_base64 : key;
  const std::vector<Secret> keys{Secret(std::string(made))};
  const auto verifier = SignatureVerifier::make(profile, keys, std::chrono::seconds{300}, crypto());
  if (!verifier) {
    fuzz::require_sentence(verifier.error().problem, 200 + profile.signed_template.size() * 4);
    return;
  }
  const auto verdict_of = [&](const Delivery& sent, std::string_view signature) {
    return verifier->verify(sent.request(profile, signature), now);
  };
  const auto mac_of = [&](const Delivery& sent) {
    const std::string text = sent.text(profile);
    const std::array<std::string_view, 1> message{text};
    return encoded(profile.encoding, crypto().hmac(profile.algorithm, key, message));
  };
  const std::string mac = mac_of(delivery);
  const bool names_it = lower_case(said).find(lower_case(mac.substr(0, 40))) != std::string::npos;
  fuzz::require(names_it || verdict_of(delivery, said) != Verdict::accepted, "nobody can guess");

  const std::string right = profile.value_prefix + mac;
  const Verdict verdict = verdict_of(delivery, right);
  const bool timed = !profile.timestamp_header.empty();
  // A template may name a header that is not there.
  if (verdict == Verdict::not_signed && profile.name == "own") return;
  const bool stale = timed && verdict == Verdict::stale_timestamp;
  fuzz::require(stale || verdict == Verdict::accepted, "who has the key may come in");

  Delivery other = delivery;
  const std::string longer = std::string(delivery.body) + " ";
  other.body = longer;
  fuzz::require(verdict_of(other, right) == Verdict::bad_signature, "another body is not signed");
  delivery.timestamp = "1772442000";
  const std::string fresh = profile.value_prefix + mac_of(delivery);
  fuzz::require(verdict_of(delivery, fresh) == Verdict::accepted, "a fresh one is taken");
}

void require_encodings(std::string_view bytes) {
  fuzz::require(decode_hex(hex(bytes)) == std::string(bytes), "hex is read back");
  for (const bool url_safe : {false, true}) {
    const auto alphabet = url_safe ? Base64Alphabet::url_safe : Base64Alphabet::standard;
    const std::string text = base64(bytes, url_safe);
    const auto read = decode_base64(text, alphabet, Base64Padding::required);
    fuzz::require(read == std::string(bytes), "base64 is read back", text);
    const auto said = decode_base64(bytes, alphabet, Base64Padding::required);
    fuzz::require(!said || base64(*said, url_safe) == bytes, "one value, one spelling", bytes);
    const std::string bare = text.substr(0, text.find('='));
    const auto unpadded = decode_base64(bare, alphabet, Base64Padding::optional);
    fuzz::require(unpadded == std::string(bytes), "padding may be missing", bare);
  }
}

}  // namespace
}  // namespace rosterd::ingest

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  using namespace rosterd::ingest;
  static const std::vector<std::string> names = builtin_profile_names();
  fuzz::Input input(data, size);
  fuzz::Choices choices(input.line());
  const std::size_t which = choices.next(names.size() + 1);
  const std::string_view signed_template = input.line();
  Delivery delivery;
  delivery.timestamp = input.line();
  delivery.id = input.line();
  const std::string_view said = input.line();
  delivery.body = input.rest();
  const SignatureProfile profile =
      which == names.size() ? own_profile(signed_template) : *builtin_profile(names[which]);
  require_encodings(said);
  if (profile.bearer) {
    const std::vector<Secret> keys{Secret("token")};
    const auto verifier = SignatureVerifier::make(profile, keys, Duration::max(), crypto());
    HttpRequest request;
    request.headers.emplace_back("Authorization", said);
    const bool accepted = verifier->verify(request, Instant{}) == Verdict::accepted;
    fuzz::require(!accepted || said.find("token") != std::string_view::npos, "nobody can guess");
    return 0;
  }
  require_verdicts(profile, delivery, said);
  return 0;
}
