#include "rosterd/ingest/signature.hpp"

#include "ingest/signature_encoding.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <span>

namespace rosterd::ingest {

namespace {

constexpr std::size_t parts_max = 16;
/// HMACs that every refusal costs, whatever its reason: enough for a source that changes its key.
constexpr std::size_t refusal_work = 2;

std::optional<std::string> decode_key(const SignatureProfile& profile, std::string_view key) {
  if (key.starts_with(profile.key_prefix)) key.remove_prefix(profile.key_prefix.size());
  if (profile.key_encoding == KeyEncoding::text) return std::string(key);
  return decode_base64(key, Base64Alphabet::standard, Base64Padding::optional);
}

std::optional<std::string> decode_signature(SignatureEncoding encoding, std::string_view text) {
  switch (encoding) {
    case SignatureEncoding::hex:
      return decode_hex(text);
    case SignatureEncoding::base64:
      return decode_base64(text, Base64Alphabet::standard, Base64Padding::required);
    case SignatureEncoding::base64url:
      return decode_base64(text, Base64Alphabet::url_safe, Base64Padding::optional);
  }
  std::abort();
}

std::vector<std::string> presented_signatures(
    const SignatureProfile& profile, std::string_view value
) {
  std::vector<std::string> signatures;
  while (!value.empty()) {
    const std::size_t end = profile.value_list ? value.find(' ') : std::string_view::npos;
    std::string_view one = value.substr(0, end);
    value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
    if (!one.starts_with(profile.value_prefix)) continue;
    one.remove_prefix(profile.value_prefix.size());
    if (auto bytes = decode_signature(profile.encoding, one)) {
      signatures.push_back(std::move(*bytes));
    }
  }
  return signatures;
}

std::optional<Instant> parse_timestamp(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t seconds_max = 253'402'300'799;  // the end of the year 9999
  if (error == std::errc() && end == text.data() + text.size()) {
    if (seconds < 0 || seconds > seconds_max) return std::nullopt;
    return Instant(std::chrono::seconds(seconds));
  }
  // ISO 8601's basic offset, `+0000`, is seen beside RFC 3339's `+00:00`.
  std::string extended(text);
  const std::size_t sign = extended.size() >= 5 ? extended.size() - 5 : 0;
  if (extended.size() > 19 && (extended[sign] == '+' || extended[sign] == '-')) {
    extended.insert(extended.size() - 2, ":");
  }
  return parse_rfc3339(extended);
}

/// Spends the time of `count` verifications.
void work_in_vain(const HttpRequest& request, std::size_t count, const Crypto& crypto) {
  const std::string_view key = "a key that nobody has, as long as one";
  const std::array<std::string_view, 1> body{request.body};
  for (std::size_t i = 0; i < count; ++i) {
    const std::string mac = crypto.hmac(HmacAlgorithm::sha256, key, body);
    crypto.equal_constant_time(mac, key.substr(0, mac.size()));
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::accepted:
      return "accepted";
    case Verdict::not_signed:
      return "not signed";
    case Verdict::bad_signature:
      return "bad signature";
    case Verdict::stale_timestamp:
      return "stale timestamp";
  }
  std::abort();
}

SignatureVerifier::SignatureVerifier(
    SignatureProfile profile, Duration tolerance, const Crypto& crypto
)
    : profile_(std::move(profile)), tolerance_(tolerance), crypto_(&crypto) {}

Result<SignatureVerifier, ProfileError> SignatureVerifier::make(
    SignatureProfile profile,
    const std::vector<Secret>& keys,
    Duration tolerance,
    const Crypto& crypto
) {
  SignatureVerifier verifier(std::move(profile), tolerance, crypto);
  const SignatureProfile& scheme = verifier.profile_;
  if (keys.empty()) return ProfileError("there is no key");
  if (!scheme.bearer) {
    if (scheme.signature_header.empty()) return ProfileError("signature_header is empty");
    auto parts = verifier.compile(scheme.signed_template);
    if (!parts) return parts.error();
    verifier.parts_ = std::move(*parts);
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto key = decode_key(scheme, keys[i].reveal());
    const std::string which = "key " + std::to_string(i + 1);
    if (!key) return ProfileError(which + " is not base64");
    if (key->empty()) return ProfileError(which + " is empty");
    if (scheme.bearer) verifier.token_hashes_.push_back(crypto.sha256(*key));
    verifier.keys_.emplace_back(*key);
  }
  return verifier;
}

Result<std::vector<SignatureVerifier::Part>, ProfileError> SignatureVerifier::compile(
    const std::string& signed_template
) const {
  constexpr std::string_view header_prefix = "header:";
  std::vector<Part> parts;
  std::string_view rest = signed_template;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    if (open != 0) parts.push_back({Part::Kind::literal, std::string(rest.substr(0, open))});
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) return ProfileError("signed_template has a `{` too many");
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    rest.remove_prefix(close + 1);
    if (name == "body") {
      parts.push_back({Part::Kind::body, {}});
    } else if (name == "method") {
      parts.push_back({Part::Kind::method, {}});
    } else if (name.starts_with(header_prefix) && name.size() > header_prefix.size()) {
      parts.push_back({Part::Kind::header, std::string(name.substr(header_prefix.size()))});
    } else {
      return ProfileError("signed_template knows no `{" + printable(name, 60) + "}`");
    }
  }
  const auto is_body = [](const Part& part) { return part.kind == Part::Kind::body; };
  if (std::none_of(parts.begin(), parts.end(), is_body)) {
    return ProfileError("signed_template does not hold `{body}`");
  }
  if (parts.size() > parts_max) return ProfileError("signed_template has too many parts");
  return parts;
}

Verdict SignatureVerifier::verify(const HttpRequest& request, Instant now) const {
  if (!profile_.bearer) return verify_signature(request, now, uses_aliases(request));
  if (request.count("Authorization") != 1) return refuse(Verdict::not_signed, request, 0);
  if (!token_matches(request)) return refuse(Verdict::bad_signature, request, 0);
  return Verdict::accepted;
}

Verdict SignatureVerifier::verify_signature(const HttpRequest& request, Instant now, bool aliased)
    const {
  const auto value = request.single_header(header_name(profile_.signature_header, aliased));
  if (!value) return refuse(Verdict::not_signed, request, 0);
  std::array<std::string_view, parts_max> pieces;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    switch (part.kind) {
      case Part::Kind::literal:
        pieces[i] = part.text;
        break;
      case Part::Kind::body:
        pieces[i] = request.body;
        break;
      case Part::Kind::method:
        pieces[i] = request.method;
        break;
      case Part::Kind::header: {
        const auto header = request.single_header(header_name(part.text, aliased));
        if (!header) return refuse(Verdict::not_signed, request, 0);
        pieces[i] = *header;
        break;
      }
    }
  }

  const std::vector<std::string> presented = presented_signatures(profile_, *value);
  const std::span<const std::string_view> message(pieces.data(), parts_.size());
  unsigned matches = 0;
  for (const Secret& key : keys_) {
    const std::string mac = crypto_->hmac(profile_.algorithm, key.reveal(), message);
    for (const std::string& signature : presented) {
      matches += crypto_->equal_constant_time(mac, signature) ? 1U : 0U;
    }
  }
  if (matches == 0) return refuse(Verdict::bad_signature, request, keys_.size());

  if (profile_.timestamp_header.empty()) return Verdict::accepted;
  const auto timestamp = request.single_header(header_name(profile_.timestamp_header, aliased));
  if (!timestamp) return refuse(Verdict::not_signed, request, keys_.size());
  if (!is_fresh(*timestamp, now)) return refuse(Verdict::stale_timestamp, request, keys_.size());
  return Verdict::accepted;
}

// Hashes have one length, so that comparing them tells nothing of the token's.
bool SignatureVerifier::token_matches(const HttpRequest& request) const {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view whole = *request.header("Authorization");
  const bool has_scheme = equal_ignoring_case(whole.substr(0, scheme.size()), scheme);
  const std::string_view token = has_scheme ? trim(whole.substr(scheme.size())) : whole;
  const auto bytes_of = [](const Digest& digest) {
    return std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
  };
  const Digest of_whole = crypto_->sha256(whole);
  const Digest of_token = crypto_->sha256(token);
  unsigned matches = 0;
  for (const Digest& expected : token_hashes_) {
    matches += crypto_->equal_constant_time(bytes_of(expected), bytes_of(of_whole)) ? 1U : 0U;
    matches += crypto_->equal_constant_time(bytes_of(expected), bytes_of(of_token)) ? 1U : 0U;
  }
  return matches > 0;
}

bool SignatureVerifier::is_fresh(std::string_view timestamp, Instant now) const {
  const auto sent = parse_timestamp(timestamp);
  if (!sent) return false;
  return std::chrono::abs(now - *sent) <= tolerance_;
}

bool SignatureVerifier::uses_aliases(const HttpRequest& request) const {
  return !profile_.aliases.empty() && !request.header(profile_.signature_header);
}

std::string_view SignatureVerifier::header_name(std::string_view name, bool aliased) const {
  if (!aliased) return name;
  const auto& aliases = profile_.aliases;
  const auto alias = std::find_if(aliases.begin(), aliases.end(), [&](const auto& pair) {
    return equal_ignoring_case(pair.first, name);
  });
  return alias == aliases.end() ? name : std::string_view(alias->second);
}

std::optional<std::string_view> SignatureVerifier::delivery_id(const HttpRequest& request) const {
  if (profile_.id_header.empty()) return std::nullopt;
  return request.single_header(header_name(profile_.id_header, uses_aliases(request)));
}

Verdict SignatureVerifier::refuse(
    Verdict verdict, const HttpRequest& request, std::size_t work_done
) const {
  if (work_done < refusal_work) work_in_vain(request, refusal_work - work_done, *crypto_);
  return verdict;
}

Verdict verify_as_unknown_source(const HttpRequest& request, const Crypto& crypto) {
  work_in_vain(request, refusal_work, crypto);
  return Verdict::bad_signature;
}

}  // namespace rosterd::ingest
