#include "adapters/extension/token_source.hpp"

#include "adapters/extension/status_table.hpp"
#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rosterd::extension {

namespace {

using nlohmann::json;

constexpr std::int64_t default_life_seconds = 86'400;
constexpr std::size_t body_bytes_shown = 1000;
constexpr std::chrono::seconds throttled_wait{30};

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> found;
  std::size_t from = 0;
  while ((from = text.find_first_not_of(' ', from)) != std::string::npos) {
    const std::size_t end = std::min(text.find(' ', from), text.size());
    found.push_back(text.substr(from, end - from));
    from = end;
  }
  return found;
}

std::int64_t life_seconds(const json& answer) {
  const auto found = answer.find("expires_in");
  if (found == answer.end() || !found->is_number()) return default_life_seconds;
  const double seconds = found->get<double>();
  return seconds >= 1 && seconds < 1e9 ? static_cast<std::int64_t>(seconds) : default_life_seconds;
}

void replace_all(std::string& text, const std::string& part) {
  if (part.empty()) return;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.replace(at, part.size(), "***");
    at += 3;
  }
}

}  // namespace

TokenSource::TokenSource(
    asio::any_io_executor executor,
    const TargetConfig& config,
    Route route,
    asio::ssl::context* tls,
    const Clock& clock,
    Log& log,
    std::function<void(int)> counted
)
    : connection_(std::move(executor), route, tls, ConnectionLimits(config), clock),
      host_(route.peer.host),
      client_id_(config.client_id),
      client_secret_(config.client_secret),
      audience_(config.audience),
      time_max_(config.read_time_max),
      clock_(clock),
      log_(log),
      counted_(std::move(counted)) {}

Task<Answer<Secret>> TokenSource::token() {
  if (!token_.empty() && clock_.monotonic() < renew_at_) co_return token_;

  for (;;) {
    const std::uint64_t version = credentials_version_;
    WireRequest request;
    request.method = "POST";
    request.body = request_body();
    request.time_max = time_max_;
    const auto answer = co_await connection_.exchange(request);
    connection_.close();
    counted_(answer ? static_cast<int>(answer->status) : 0);
    if (version != credentials_version_) continue;
    if (!answer) {
      co_return TargetError(answer.error().error, 0, "no access token: " + answer.error().text);
    }
    co_return read_answer(*answer);
  }
}

bool TokenSource::forget_rejected() {
  const Duration now = clock_.monotonic();
  if (last_renewal_after_rejection_ &&
      now - *last_renewal_after_rejection_ < std::chrono::hours{1}) {
    return false;
  }
  last_renewal_after_rejection_ = now;
  previous_token_ = token_;
  token_ = Secret();
  return true;
}

void TokenSource::use_credentials(std::string client_id, Secret client_secret) {
  ++credentials_version_;
  client_id_ = std::move(client_id);
  client_secret_ = std::move(client_secret);
  previous_token_ = token_;
  token_ = Secret();
  last_renewal_after_rejection_.reset();
}

std::string TokenSource::without_secrets(std::string text) const {
  for (const Secret* secret : {&client_secret_, &token_, &previous_token_}) {
    replace_all(text, secret->reveal());
  }
  return text;
}

Answer<Secret> TokenSource::read_answer(const WireAnswer& answer) {
  if (answer.status / 100 != 2) return refused(answer);

  const json body = json::parse(answer.body, nullptr, false);
  const auto token = body.is_object() ? body.find("access_token") : body.end();
  if (token == body.end() || !token->is_string() || token->get_ref<const std::string&>().empty()) {
    // Not shown: whatever it is, a token may be in it.
    return TargetError(
        ErrorClass::configuration,
        static_cast<int>(answer.status),
        host_ + " answered without an access token: is target.domain right?"
    );
  }
  const auto scope = body.find("scope");
  scopes_.reset();
  if (scope != body.end() && scope->is_string()) scopes_ = words(scope->get<std::string>());

  const std::int64_t life = life_seconds(body);
  token_ = Secret(token->get<std::string>());
  renew_at_ = clock_.monotonic() + std::chrono::milliseconds{life * 800};
  log_.debug("access token fetched", {{"life_seconds", life}});
  return token_;
}

TargetError TokenSource::refused(const WireAnswer& answer) const {
  const bool denied = answer.body.find("access_denied") != std::string::npos;
  const bool too_many = answer.status == 429 || (answer.status == 500 && denied);
  if (too_many) return refusal(ErrorClass::throttled, answer, "too many tokens were asked for");
  switch (answer.status) {
    case 401:
      return refusal(
          ErrorClass::authentication, answer, "client_id or client_secret of [target] is wrong"
      );
    case 403:
      return refusal(
          ErrorClass::configuration,
          answer,
          "the application must be authorised for the API " + audience_ +
              " and allow the grant client_credentials"
      );
    default:
      break;
  }
  const ErrorClass general = class_of(answer.status, WhenMissing::wrong_address);
  if (general == ErrorClass::transient) return refusal(general, answer, "try again later");
  return refusal(
      ErrorClass::configuration, answer, "are domain, client_id and audience of [target] right?"
  );
}

TargetError TokenSource::refusal(
    ErrorClass error, const WireAnswer& answer, const std::string& advice
) const {
  const int status = static_cast<int>(answer.status);
  std::string text =
      "no access token from " + host_ + ": " + advice + " (" + std::to_string(status);
  if (!answer.body.empty()) text += ": " + printable(answer.body, body_bytes_shown);
  TargetError refused(error, status, without_secrets(text + ")"));
  refused.retry_at = asked_to_wait_until(answer, clock_.now());
  if (error == ErrorClass::throttled && !refused.retry_at) {
    refused.retry_at = clock_.now() + throttled_wait;
  }
  return refused;
}

std::string TokenSource::request_body() const {
  json body = json::object();
  body["grant_type"] = "client_credentials";
  body["client_id"] = client_id_;
  body["client_secret"] = client_secret_.reveal();
  body["audience"] = audience_;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace rosterd::extension
