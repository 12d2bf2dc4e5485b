#pragma once

#include "rosterd/base/instant.hpp"
#include "sandbox/json.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rosterd::sandbox {

class SigningKey;

/// Makes and checks the tenant's access tokens: JSON Web Tokens (RFC 7519), RS256, 2048 bits. The
/// key is made when it is first needed and lasts as long as the process.
class TokenIssuer {
 public:
  TokenIssuer();
  ~TokenIssuer();

  /// A compact JWS over the claims as they are.
  std::string sign(const Json& claims);

  struct Decoded {
    Json header;
    Json claims;
  };
  /// What a token says, whoever signed it; nothing when it is no token.
  static std::optional<Decoded> decode(std::string_view token);
  /// Whether the signature is ours, over exactly this.
  bool signed_by_us(std::string_view token);

  /// RFC 7517.
  Json key_set();

 private:
  SigningKey& key();
  std::shared_ptr<SigningKey> key_;
};

}  // namespace rosterd::sandbox
