#include "adapters/extension/caller.hpp"

#include "rosterd/base/text.hpp"
#include "rosterd/base/within.hpp"

#include <algorithm>

namespace rosterd::extension {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t body_bytes_shown = 3000;
constexpr Duration pause_min = 30s;
constexpr Duration pause_max = 5min;
constexpr Duration configuration_pause = 60s;
constexpr Duration pace_wait_min = 10s;

Route api_route(const TargetConfig& config) {
  return route_to("target.base_url", config.base_url, config.proxy);
}

Route token_route(const TargetConfig& config) {
  const bool given = !config.token_url.empty();
  const std::string url = given ? config.token_url : "https://" + config.domain + "/oauth/token";
  return route_to(given ? "target.token_url" : "target.domain", url, config.proxy);
}

/// Reading the system's store takes its time; nobody needs it for a sandbox.
std::unique_ptr<asio::ssl::context> tls_context(const TargetConfig& config) {
  const bool needed = api_route(config).peer.tls || token_route(config).peer.tls;
  return needed || !config.ca_file.empty() ? make_tls_context(config.ca_file) : nullptr;
}

Pace::Settings pace_settings(const TargetConfig& config) {
  Pace::Settings settings;
  settings.calls_per_second = config.calls_per_second;
  settings.burst = config.burst;
  settings.calls_per_second_min = std::min(settings.calls_per_second_min, config.calls_per_second);
  return settings;
}

bool is_success(unsigned status) {
  return status / 100 == 2;
}

bool is_plain(const std::string& content_encoding) {
  return content_encoding.empty() || equal_ignoring_case(content_encoding, "identity");
}

void put_off(TargetError& error, Instant until) {
  error.retry_at = std::max(error.retry_at.value_or(until), until);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

Caller::Caller(
    asio::any_io_executor executor, const TargetConfig& config, const Clock& clock, Log& log
)
    : executor_(executor),
      clock_(clock),
      log_(log),
      read_time_max_(config.read_time_max),
      write_time_max_(config.write_time_max),
      tls_(tls_context(config)),
      connection_(executor, api_route(config), tls_.get(), ConnectionLimits(config), clock),
      tokens_(
          executor,
          config,
          token_route(config),
          tls_.get(),
          clock,
          log,
          [this](int code) {
            ++statistics_.calls[{"token", code}];
          }
      ),
      turns_(executor),
      pace_(pace_settings(config), clock.monotonic()) {}

Task<Answer<Reply>> Caller::call(Call call) {
  try {
    if (!call.body.is_null()) call.body_text = call.body.dump();
  } catch (const json::type_error&) {
    const std::string what(call.operation);
    co_return TargetError(ErrorClass::permanent, 0, what + ": a name or id is not valid UTF-8");
  }
  const auto turn = co_await turns_.take();
  auto answer = co_await call_in_turn(call);
  co_return answer;
}

Task<Answer<Reply>> Caller::call_in_turn(const Call& call) {
  Refusal refusal = refused_now();
  if (!refusal) refusal = co_await wait_for_pace();
  if (refusal) co_return *refusal;
  if (!breaker_.allows(clock_.monotonic())) {
    co_return not_tried("the target keeps failing", *breaker_.reopens_at());
  }
  auto answer = co_await call_with_token(call);
  conclude(answer);
  if (answer && answer->refusal) co_return *answer->refusal;
  co_return answer;
}

void Caller::use_credentials(std::string client_id, Secret client_secret) {
  tokens_.use_credentials(std::move(client_id), std::move(client_secret));
  pause_reason_.clear();
  paused_until_ = paused_for_ = Duration{0};
}

std::optional<Pause> Caller::pause() const {
  if (clock_.monotonic() >= paused_until_) return std::nullopt;
  Pause pause;
  pause.reason = pause_reason_;
  pause.until = wall(paused_until_);
  return pause;
}

Caller::Refusal Caller::refused_now() const {
  const Duration now = clock_.monotonic();
  if (now < paused_until_) return not_tried(pause_reason_, paused_until_);
  const auto reopens = breaker_.reopens_at();
  if (reopens && now < *reopens) return not_tried("the target keeps failing", *reopens);
  return std::nullopt;
}

Task<Caller::Refusal> Caller::wait_for_pace() {
  const std::chrono::duration<double> two_calls(2.0 / pace_.calls_per_second());
  const Duration wait_max =
      std::max(pace_wait_min, std::chrono::duration_cast<Duration>(two_calls));
  for (;;) {
    const Duration now = clock_.monotonic();
    const Duration wait = pace_.take(now);
    if (wait == Duration{0}) co_return std::nullopt;
    if (wait > wait_max) co_return not_tried("the target asked for a pause", now + wait);
    co_await sleep_for(wait);
  }
}

Task<Answer<Reply>> Caller::call_with_token(const Call& call) {
  auto token = co_await tokens_.token();
  if (!token) co_return token.error();

  auto exchanged = co_await send(call, *token);
  const bool rejected = exchanged && exchanged->status == 401;
  if (rejected && tokens_.forget_rejected()) {
    token = co_await tokens_.token();
    if (!token) co_return token.error();
    exchanged = co_await send(call, *token);
  }
  if (exchanged && exchanged->status != 401) tokens_.accepted();
  co_return judge(call, exchanged);
}

Task<Exchanged> Caller::send(const Call& call, Secret token) {
  WireRequest request;
  request.method = call.method;
  request.path = call.path;
  request.bearer = token.reveal();
  request.body = call.body_text;
  request.mutating = call.mutating;
  request.time_max = call.mutating ? write_time_max_ : read_time_max_;

  const Duration started = clock_.monotonic();
  auto exchanged = co_await connection_.exchange(request);
  const Duration now = clock_.monotonic();
  if (exchanged) statistics_.last_latency = now - started;
  // How long a change takes is a matter of its size; reads are alike.
  if (exchanged && !call.mutating && is_success(exchanged->status)) pace_.took(now - started, now);
  const int code = exchanged ? static_cast<int>(exchanged->status) : 0;
  Statistics::OperationAndCode counted(call.operation, code);
  ++statistics_.calls[counted];
  co_return exchanged;
}

Answer<Reply> Caller::judge(const Call& call, const Exchanged& exchanged) {
  const std::string operation(call.operation);
  if (!exchanged) {
    const WireError& error = exchanged.error();
    if (error.timed_out) pace_.slow_down(clock_.monotonic());
    return TargetError(error.error, 0, tokens_.without_secrets(operation + ": " + error.text));
  }
  const WireAnswer& answer = *exchanged;
  const Instant now = clock_.now();
  const auto wait_until = asked_to_wait_until(answer, now);
  if (wait_until) pace_.wait_until(clock_.monotonic() + (*wait_until - now));

  Reply reply;
  reply.status = static_cast<int>(answer.status);
  const bool absent = answer.status == 404 && call.when_missing == WhenMissing::nothing_there;
  if (!is_success(answer.status) && !absent) {
    TargetError error = failure(call, answer);
    error.retry_at = wait_until;
    if (answer.status != 403 || !call.dispensable) return error;
    reply.refusal = std::move(error);
    return reply;
  }
  reply.body = json::parse(answer.body, nullptr, false);
  if (!call.mutating && !absent && !is_plain(answer.content_encoding)) {
    const std::string how = printable(answer.content_encoding, 100);
    const std::string text = operation + ": the answer is compressed (" + how +
                             "), which nobody asked for: is there a proxy that does it?";
    return TargetError(ErrorClass::transient, reply.status, text);
  }
  if (!call.mutating && !absent && reply.body.is_discarded()) {
    const std::string text = operation + ": the answer is not JSON: " + printable(answer.body);
    return TargetError(ErrorClass::transient, reply.status, tokens_.without_secrets(text));
  }
  return reply;
}

TargetError Caller::failure(const Call& call, const WireAnswer& answer) const {
  std::string text(call.operation);
  text += ": " + std::to_string(answer.status);
  const std::string hint = advice(call, answer);
  if (!hint.empty()) text += ", " + hint;
  if (!answer.body.empty()) text += ": " + printable(answer.body, body_bytes_shown);
  return {
      class_of(answer.status, call.when_missing),
      static_cast<int>(answer.status),
      tokens_.without_secrets(text)};
}

std::string Caller::advice(const Call& call, const WireAnswer& answer) const {
  if (answer.status / 100 == 3) {
    const std::string where = answer.location.empty() ? "" : " to " + printable(answer.location);
    return "a redirect" + where + ": target.base_url is probably wrong";
  }
  if (answer.status == 401) return "the token was not accepted, not even a new one";
  if (answer.status == 404 && call.when_missing == WhenMissing::wrong_address) {
    return "target.base_url is probably wrong";
  }
  if (answer.status != 403) return "";

  std::string scopes = scopes_named_in(answer.body);
  if (scopes.empty()) scopes = call.scope;
  std::string text = "the application may not do this";
  if (!scopes.empty()) text += "; it needs the scope " + scopes;
  if (tokens_.scopes()) text += "; its token carries: " + joined(*tokens_.scopes());
  return text;
}

void Caller::conclude(Answer<Reply>& answer) {
  if (answer) {
    target_answered();
    return;
  }
  TargetError error = answer.error();
  const Duration now = clock_.monotonic();
  const bool was_probing = breaker_.state(now) == Breaker::State::probing;
  switch (error.error) {
    case ErrorClass::transient:
    case ErrorClass::unknown:
      target_failed(error);
      break;
    case ErrorClass::authentication:
    case ErrorClass::configuration:
      // Says nothing of whether the target would answer, unless that was the question.
      if (was_probing) target_failed(error);
      pause_target(error);
      break;
    case ErrorClass::throttled:
      target_answered();
      pace_.slow_down(now);
      if (error.retry_at) pace_.wait_until(now + (*error.retry_at - clock_.now()));
      log_.notice("the target asks for fewer calls", {{"reason", error.text}});
      break;
    case ErrorClass::stale_catalogue:
    case ErrorClass::permanent:
    case ErrorClass::paused:
    case ErrorClass::contended:
    case ErrorClass::no_account:
    case ErrorClass::ambiguous_account:
    case ErrorClass::conflict:
    case ErrorClass::unknown_entitlement:
    case ErrorClass::invalid:
    case ErrorClass::poison:
    case ErrorClass::storage_full:
      target_answered();
      break;
  }
  answer = error;
}

void Caller::target_answered() {
  const Duration now = clock_.monotonic();
  const bool was_closed = breaker_.state(now) == Breaker::State::closed;
  if (!was_closed || !pause_reason_.empty()) log_.notice("the target answers again");
  breaker_.succeeded(now);
  pace_.went_well(now);
  pause_reason_.clear();
  paused_for_ = Duration{0};
}

void Caller::target_failed(TargetError& error) {
  const Duration now = clock_.monotonic();
  const bool was_closed = breaker_.state(now) == Breaker::State::closed;
  breaker_.failed(now);
  const auto reopens = breaker_.reopens_at();
  if (!reopens || *reopens <= now) return;
  put_off(error, wall(*reopens));
  if (was_closed) {
    log_.warning(
        "the target keeps failing: no calls for now",
        {{"until", to_string(wall(*reopens))}, {"reason", error.text}}
    );
  }
}

void Caller::pause_target(TargetError& error) {
  const Duration longer = std::clamp(paused_for_ * 2, pause_min, pause_max);
  const bool credentials = error.error == ErrorClass::authentication;
  paused_for_ = credentials ? longer : configuration_pause;
  paused_until_ = clock_.monotonic() + paused_for_;
  const bool is_news = pause_reason_ != error.text;
  pause_reason_ = error.text;
  put_off(error, wall(paused_until_));
  if (is_news) {
    log_.error(
        "the target is paused: somebody must act",
        {{"until", to_string(wall(paused_until_))}, {"reason", error.text}}
    );
  }
}

Instant Caller::wall(Duration monotonic) const {
  return clock_.now() + (monotonic - clock_.monotonic());
}

TargetError Caller::not_tried(std::string why, Duration until) const {
  TargetError error(ErrorClass::paused, 0, "not tried: " + std::move(why));
  error.retry_at = wall(until);
  return error;
}

}  // namespace rosterd::extension
