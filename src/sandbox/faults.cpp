#include "sandbox/faults.hpp"

#include "sandbox/answers.hpp"

#include <array>
#include <cstdlib>
#include <utility>

namespace rosterd::sandbox {

namespace {

using Fate = Faults::Fate;

struct Kind {
  Fate fate;
  const char* name;
  FaultRate FaultPlan::*rate;
};

constexpr std::array<Kind, 7> kinds = {{
    {Fate::reset_before, "reset_before", &FaultPlan::reset_before},
    {Fate::too_many_requests, "too_many_requests", &FaultPlan::too_many_requests},
    {Fate::unauthorized, "unauthorized", &FaultPlan::unauthorized},
    {Fate::server_error, "server_error", &FaultPlan::server_error},
    {Fate::reset_after, "reset_after", &FaultPlan::reset_after},
    {Fate::stall, "stall", &FaultPlan::stall},
    {Fate::truncate, "truncate", &FaultPlan::truncate},
}};

std::optional<std::uint64_t> whole(const Json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

std::optional<double> probability(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  if (number < 0 || number > 1) return std::nullopt;
  return number;
}

std::optional<FaultRate> parse_rate(const Json& value) {
  FaultRate rate;
  if (const auto chance = probability(value)) {
    rate.probability = *chance;
    return rate;
  }
  if (!value.is_object()) return std::nullopt;
  for (const auto& [name, entry] : value.items()) {
    const auto chance = name == "probability" ? probability(entry) : std::nullopt;
    const auto every = name == "every" ? whole(entry) : std::nullopt;
    if (!chance && !every) return std::nullopt;
    if (chance) rate.probability = *chance;
    if (every) rate.every = *every;
  }
  return rate;
}

/// Whether the name was known and its value fitted.
bool set_number(FaultPlan& plan, const std::string& name, std::uint64_t number) {
  const auto count = static_cast<std::int64_t>(number);
  if (name == "latency_ms")
    plan.latency = std::chrono::milliseconds(count);
  else if (name == "stall_ms")
    plan.stall_for = std::chrono::milliseconds(count);
  else if (name == "retry_after_s")
    plan.retry_after = std::chrono::seconds(count);
  else if (name == "ratelimit_reset_s")
    plan.ratelimit_reset = std::chrono::seconds(count);
  else if (name == "times")
    plan.times = number;
  else if (name == "server_error_status" && number < 600) {
    plan.server_error_status = static_cast<unsigned>(number);
  } else {
    return false;
  }
  return true;
}

bool set_value(FaultPlan& plan, const std::string& name, const Json& value) {
  for (const Kind& kind : kinds) {
    if (name != kind.name) continue;
    const auto rate = parse_rate(value);
    if (rate) plan.*kind.rate = *rate;
    return rate.has_value();
  }
  if (value.is_boolean()) {
    if (name == "only_mutating")
      plan.only_mutating = value.get<bool>();
    else if (name == "token_endpoint")
      plan.token_endpoint = value.get<bool>();
    else
      return false;
    return true;
  }
  const auto number = whole(value);
  return number && set_number(plan, name, *number);
}

}  // namespace

void Faults::set(const FaultPlan& plan) {
  plan_ = plan;
  calls_.clear();
  happened_ = 0;
}

Faults::Fate Faults::next(bool mutating) {
  if (plan_.only_mutating && !mutating) return Fate::none;
  if (plan_.times && happened_ >= *plan_.times) return Fate::none;
  for (const Kind& kind : kinds) {
    if (!due(plan_.*kind.rate, kind.fate)) continue;
    ++happened_;
    ++counts_[kind.name];
    return kind.fate;
  }
  return Fate::none;
}

bool Faults::due(const FaultRate& rate, Fate fate) {
  if (rate.every != 0 && ++calls_[fate] % rate.every == 0) return true;
  return rate.probability > 0 && unit() < rate.probability;
}

std::optional<HttpResponse> Faults::refusal(Fate fate, Instant now) {
  switch (fate) {
    case Fate::reset_before: {
      HttpResponse response(500);
      response.fault.kind = HttpFault::Kind::reset;
      return response;
    }
    case Fate::too_many_requests:
      return throttled(now);
    case Fate::unauthorized:
      return failed(401, "Invalid credentials");
    case Fate::server_error: {
      constexpr std::array<unsigned, 3> statuses = {500, 502, 503};
      const unsigned fixed = plan_.server_error_status;
      const unsigned status = fixed ? fixed : statuses.at(random_() % statuses.size());
      if (status == 500) return internal_error();
      return failed(status, status == 502 ? "Bad Gateway" : "Service Unavailable");
    }
    case Fate::none:
    case Fate::reset_after:
    case Fate::stall:
    case Fate::truncate:
      return std::nullopt;
  }
  std::abort();
}

HttpResponse Faults::throttled(Instant now) const {
  const auto reset = std::chrono::floor<std::chrono::seconds>(now) + plan_.ratelimit_reset;
  HttpResponse response = failed(429, "Global limit has been reached");
  response.headers.emplace_back("x-ratelimit-limit", "10");
  response.headers.emplace_back("x-ratelimit-remaining", "0");
  response.headers.emplace_back(
      "x-ratelimit-reset", std::to_string(reset.time_since_epoch().count())
  );
  if (plan_.retry_after) {
    response.headers.emplace_back("retry-after", std::to_string(plan_.retry_after->count()));
  }
  return response;
}

void Faults::spoil(Fate fate, HttpResponse& response) const {
  if (fate == Fate::reset_after) response.fault.kind = HttpFault::Kind::reset;
  if (fate == Fate::truncate) response.fault.kind = HttpFault::Kind::truncate;
  if (fate == Fate::stall) {
    response.fault.kind = HttpFault::Kind::stall;
    response.fault.delay = plan_.stall_for;
  }
}

std::variant<FaultPlan, std::string> parse_fault_plan(const Json& value) {
  if (!value.is_object()) return "a fault plan is a JSON object";
  FaultPlan plan;
  for (const auto& [name, entry] : value.items()) {
    if (!set_value(plan, name, entry)) return "\"" + name + "\" is unknown or has a wrong value";
  }
  return plan;
}

Json to_json(const FaultPlan& plan) {
  Json value = Json::object();
  value["latency_ms"] = plan.latency.count();
  for (const Kind& kind : kinds) {
    value[kind.name]["probability"] = (plan.*kind.rate).probability;
    value[kind.name]["every"] = (plan.*kind.rate).every;
  }
  value["server_error_status"] = plan.server_error_status;
  value["ratelimit_reset_s"] = plan.ratelimit_reset.count();
  if (plan.retry_after) value["retry_after_s"] = plan.retry_after->count();
  value["stall_ms"] = plan.stall_for.count();
  value["only_mutating"] = plan.only_mutating;
  value["token_endpoint"] = plan.token_endpoint;
  if (plan.times) value["times"] = *plan.times;
  return value;
}

}  // namespace rosterd::sandbox
