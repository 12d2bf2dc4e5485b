#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/ports/http.hpp"
#include "rosterd/sandbox/options.hpp"
#include "sandbox/json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <variant>

namespace rosterd::sandbox {

/// Decides, call by call and by its seed, which fault a call meets.
class Faults {
 public:
  enum class Fate {
    none,
    reset_before,
    too_many_requests,
    unauthorized,
    server_error,
    reset_after,
    stall,
    truncate
  };

  Faults(FaultPlan plan, std::uint64_t seed) : plan_(plan), random_(seed) {}

  const FaultPlan& plan() const { return plan_; }
  void set(const FaultPlan& plan);

  Fate next(bool mutating);

  /// The answer of a call that fails without an effect; nothing when the call is to be done.
  std::optional<HttpResponse> refusal(Fate fate, Instant now);
  /// Spoils the answer of a call that was done.
  void spoil(Fate fate, HttpResponse& response) const;

  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
  void forget_counts() { counts_.clear(); }

 private:
  bool due(const FaultRate& rate, Fate fate);
  HttpResponse throttled(Instant now) const;
  double unit() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  FaultPlan plan_;
  std::mt19937_64 random_;
  std::map<Fate, std::uint64_t> calls_;
  std::map<std::string, std::uint64_t> counts_;
  std::uint64_t happened_ = 0;
};

/// A plan from its JSON form (`{"too_many_requests": {"every": 3}, "latency_ms": 20}`), or what is
/// wrong with it. A number instead of an object is a probability.
std::variant<FaultPlan, std::string> parse_fault_plan(const Json& value);
Json to_json(const FaultPlan& plan);

}  // namespace rosterd::sandbox
