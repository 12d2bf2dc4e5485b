#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/result.hpp"
#include "rosterd/base/secret.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/http.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::ingest {

enum class KeyEncoding { text, base64 };
enum class SignatureEncoding { hex, base64, base64url };

std::optional<HmacAlgorithm> parse_hmac_algorithm(std::string_view text);          ///< `sha256`
std::optional<KeyEncoding> parse_key_encoding(std::string_view text);              ///< `text`
std::optional<SignatureEncoding> parse_signature_encoding(std::string_view text);  ///< `hex`

/// How a vendor signs its webhooks, as data: a new vendor is an entry in the configuration.
struct SignatureProfile {
  std::string name;
  HmacAlgorithm algorithm = HmacAlgorithm::sha256;
  KeyEncoding key_encoding = KeyEncoding::text;
  std::string key_prefix;  ///< taken off a key that has it: `whsec_`

  /// What is signed: literal text, `{body}`, `{method}` and `{header:NAME}`.
  std::string signed_template = "{body}";

  std::string signature_header;
  SignatureEncoding encoding = SignatureEncoding::hex;  ///< base64url: with or without `=`
  std::string value_prefix;                             ///< `sha256=`, `v1,`
  /// The header holds several signatures, separated by spaces. Any may match; those with another
  /// prefix are of versions that we do not know, and skipped.
  bool value_list = false;

  std::string timestamp_header;  ///< Unix seconds or ISO 8601; empty: the profile has no time
  std::string id_header;         ///< the delivery's id; empty: the profile has none
  /// Other names for the headers above, first → second, used all together by a request that lacks
  /// `signature_header`.
  std::vector<std::pair<std::string, std::string>> aliases;

  /// No signature at all: the key is a token in `Authorization`, bare or after `Bearer `.
  bool bearer = false;
};

/// standard-webhooks (also with svix- names), github, bamboohr, deel, gusto, merge, finch, hibob,
/// bearer.
std::optional<SignatureProfile> builtin_profile(std::string_view name);
std::vector<std::string> builtin_profile_names();

/// Why a profile and its keys cannot be used; never says the key.
struct ProfileError {
  ProfileError() = default;
  explicit ProfileError(std::string what_is_wrong) : problem(std::move(what_is_wrong)) {}
  std::string problem;
};

/// Senders hear the same 401 for everything but `accepted`; the difference is for the operator.
enum class Verdict {
  accepted,
  not_signed,       ///< a header of the profile is missing, or there twice
  bad_signature,    ///< no active key made it
  stale_timestamp,  ///< made by a key, but too long ago, too far ahead, or at no readable time
};

std::string_view to_string(Verdict verdict);

/// Decides whether a source's key made a request, over the raw bytes and before anything is parsed.
///
/// All keys are tried always, comparisons take the same time wherever the difference is, and a
/// refusal costs as much as one for a source that does not exist (with up to two keys).
/// Immutable; the crypto must outlive it.
class SignatureVerifier {
 public:
  /// Two or more keys are active while one is being changed. The tolerance is for both directions;
  /// `Duration::max()` accepts any time.
  static Result<SignatureVerifier, ProfileError> make(
      SignatureProfile profile,
      const std::vector<Secret>& keys,
      Duration tolerance,
      const Crypto& crypto
  );

  Verdict verify(const HttpRequest& request, Instant now) const;

  /// The id that the sender gave this delivery, where the profile has one. Only an id that is part
  /// of what is signed can be trusted.
  std::optional<std::string_view> delivery_id(const HttpRequest& request) const;

  const SignatureProfile& profile() const { return profile_; }

 private:
  struct Part {
    enum class Kind { literal, body, method, header };
    Kind kind;
    std::string text;
  };

  SignatureVerifier(SignatureProfile profile, Duration tolerance, const Crypto& crypto);

  Result<std::vector<Part>, ProfileError> compile(const std::string& signed_template) const;
  Verdict verify_signature(const HttpRequest& request, Instant now, bool aliased) const;
  bool token_matches(const HttpRequest& request) const;
  bool is_fresh(std::string_view timestamp, Instant now) const;
  bool uses_aliases(const HttpRequest& request) const;
  std::string_view header_name(std::string_view name, bool aliased) const;
  Verdict refuse(Verdict verdict, const HttpRequest& request, std::size_t work_done) const;

  SignatureProfile profile_;
  std::vector<Part> parts_;
  std::vector<Secret> keys_;          ///< decoded
  std::vector<Digest> token_hashes_;  ///< for bearer: so that not even lengths are compared
  Duration tolerance_;
  const Crypto* crypto_;
};

/// What an unknown source is answered with, after the work of a bad signature: never `accepted`.
Verdict verify_as_unknown_source(const HttpRequest& request, const Crypto& crypto);

}  // namespace rosterd::ingest
