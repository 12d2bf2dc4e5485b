#pragma once

#include "adapters/extension/connection.hpp"
#include "rosterd/base/secret.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/config.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/log.hpp"
#include "rosterd/ports/target.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::extension {

/// The access token of client credentials (RFC 6749, 4.4), kept in memory and renewed at 80 % of
/// its life: tokens are counted and billed. Its caller holds the turn, so one fetch is in flight.
class TokenSource {
 public:
  /// `counted` is told of each answer's status, 0 when none came.
  TokenSource(
      asio::any_io_executor executor,
      const TargetConfig& config,
      Route route,
      asio::ssl::context* tls,
      const Clock& clock,
      Log& log,
      std::function<void(int)> counted
  );

  /// A token that is not due for renewal.
  Task<Answer<Secret>> token();

  /// The target took the token.
  void accepted() { last_renewal_after_rejection_.reset(); }

  /// The target refused the token. Forgets it and gives true when another one may help; false when
  /// one was fetched for that reason within the hour and never accepted.
  bool forget_rejected();

  void use_credentials(std::string client_id, Secret client_secret);

  const std::optional<std::vector<std::string>>& scopes() const { return scopes_; }

  /// The text without the secret and the token, should a peer have echoed them.
  std::string without_secrets(std::string text) const;

 private:
  Answer<Secret> read_answer(const WireAnswer& answer);
  TargetError refused(const WireAnswer& answer) const;
  TargetError refusal(ErrorClass error, const WireAnswer& answer, const std::string& advice) const;
  std::string request_body() const;

  Connection connection_;
  std::string host_;
  std::string client_id_;
  Secret client_secret_;
  std::string audience_;
  Duration time_max_;
  const Clock& clock_;
  Log& log_;
  std::function<void(int)> counted_;

  Secret token_;
  Secret previous_token_;
  Duration renew_at_{0};
  std::optional<Duration> last_renewal_after_rejection_;
  std::optional<std::vector<std::string>> scopes_;
  std::uint64_t credentials_version_ = 0;
};

}  // namespace rosterd::extension
