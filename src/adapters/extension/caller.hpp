#pragma once

#include "adapters/extension/connection.hpp"
#include "adapters/extension/status_table.hpp"
#include "adapters/extension/token_source.hpp"
#include "adapters/extension/turns.hpp"
#include "rosterd/adapters/extension/client.hpp"
#include "rosterd/domain/breaker.hpp"
#include "rosterd/domain/pace.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rosterd::extension {

/// One call of the API, before anything about tokens and waiting.
struct Call {
  Call(std::string_view name, std::string verb, std::string where)
      : operation(name), method(std::move(verb)), path(std::move(where)) {}

  std::string_view operation;  ///< for statistics and for people
  std::string method;
  std::string path;
  nlohmann::json body;    ///< null: none
  std::string body_text;  ///< filled in by `Caller`
  std::string_view scope;
  bool mutating = false;
  bool dispensable = false;  ///< we can do without: a 403 says nothing about the other calls
  WhenMissing when_missing = WhenMissing::wrong_address;
};

/// An answer that was a success (or a 404 that is one, or the 403 of a dispensable call).
struct Reply {
  Reply() = default;
  int status = 0;
  nlohmann::json body;                 ///< of a mutating call: discarded when it is not JSON
  std::optional<TargetError> refusal;  ///< that 403; whoever made the call gets it as an error
};

/// Makes calls: one at a time, paced, with a token, and draws the conclusions of what happens for
/// the calls after it. What a call means is not its business.
class Caller {
 public:
  Caller(asio::any_io_executor executor, const TargetConfig& config, const Clock& clock, Log& log);

  Task<Answer<Reply>> call(Call call);
  void use_credentials(std::string client_id, Secret client_secret);

  const Statistics& statistics() const { return statistics_; }
  Breaker::State breaker_state() const { return breaker_.state(clock_.monotonic()); }
  double calls_per_second() const { return pace_.calls_per_second(); }
  std::optional<Pause> pause() const;
  const TokenSource& tokens() const { return tokens_; }

 private:
  using Refusal = std::optional<TargetError>;

  Task<Answer<Reply>> call_in_turn(const Call& call);
  Refusal refused_now() const;
  Task<Refusal> wait_for_pace();
  Task<Answer<Reply>> call_with_token(const Call& call);
  Task<Exchanged> send(const Call& call, Secret token);

  Answer<Reply> judge(const Call& call, const Exchanged& exchanged);
  TargetError failure(const Call& call, const WireAnswer& answer) const;
  std::string advice(const Call& call, const WireAnswer& answer) const;

  void conclude(Answer<Reply>& answer);
  void target_answered();
  void target_failed(TargetError& error);
  void pause_target(TargetError& error);
  Instant wall(Duration monotonic) const;
  TargetError not_tried(std::string why, Duration until) const;

  asio::any_io_executor executor_;
  const Clock& clock_;
  Log& log_;
  Duration read_time_max_;
  Duration write_time_max_;

  std::unique_ptr<asio::ssl::context> tls_;
  Statistics statistics_;
  Connection connection_;
  TokenSource tokens_;
  Turns turns_;
  Breaker breaker_;
  Pace pace_;

  std::string pause_reason_;
  Duration paused_until_{0};
  Duration paused_for_{0};
};

}  // namespace rosterd::extension
