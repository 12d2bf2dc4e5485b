#include "rosterd/adapters/extension/client.hpp"

#include "adapters/extension/caller.hpp"
#include "adapters/extension/calls.hpp"

namespace rosterd::extension {

Client::Client(
    asio::any_io_executor executor, const TargetConfig& config, const Clock& clock, Log& log
)
    : body_bytes_max_(config.body_bytes_max),
      caller_(std::make_unique<Caller>(std::move(executor), config, clock, log)) {}

Client::~Client() = default;

Task<Answer<Acknowledged>> Client::probe() {
  // The filter leaves nothing of the answer; an empty one would be answered with every member.
  Call call = read_call("probe", "/groups?field=name&q=rosterd%20probe", "read:groups");
  auto reply = co_await caller_->call(std::move(call));
  if (!reply) co_return reply.error();
  co_return Acknowledged(reply->status);
}

void Client::reload_credentials(std::string client_id, Secret client_secret) {
  caller_->use_credentials(std::move(client_id), std::move(client_secret));
}

const Statistics& Client::statistics() const {
  return caller_->statistics();
}

Breaker::State Client::breaker_state() const {
  return caller_->breaker_state();
}

double Client::calls_per_second() const {
  return caller_->calls_per_second();
}

std::optional<Pause> Client::pause() const {
  return caller_->pause();
}

std::optional<std::vector<std::string>> Client::token_scopes() const {
  return caller_->tokens().scopes();
}

std::size_t Client::body_bytes_max() const {
  return body_bytes_max_;
}

}  // namespace rosterd::extension
