#include "rosterd/domain/policy.hpp"

#include "fuzzing.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/toml/policy_reader.hpp"
#include "unit/domain/fixed_zones.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

// The whole input is a policy.

namespace rosterd {
namespace {

void require_problems(std::string_view text, const std::vector<ConfigProblem>& problems) {
  const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  for (const ConfigProblem& problem : problems) {
    fuzz::require_sentence(problem.text, 2000);
    fuzz::require(problem.file == "policy.toml", "a problem names its file", problem.file);
    // The end of the text is a place, too.
    fuzz::require(problem.line <= lines + 1, "a problem is in the text", problem.text);
    fuzz::require(problem.line == 0 || problem.column > 0, "a line has columns", problem.text);
  }
  const auto earlier = [](const ConfigProblem& left, const ConfigProblem& right) {
    return left.line < right.line;
  };
  fuzz::require(std::is_sorted(problems.begin(), problems.end(), earlier), "problems are in order");
}

std::vector<Attributes> somebody() {
  Attributes engineer;
  engineer["department"] = std::string("Engineering");
  engineer["level"] = std::int64_t{4};
  engineer["rate"] = 0.5;
  engineer["contractor"] = false;
  engineer["teams"] = std::vector<std::string>{"Platform", "Straße"};
  engineer["email"] = std::string("eva@example.com");
  engineer["last_day"] = std::string("2026-03-31");
  Attributes leaver;
  leaver["status"] = std::string("left");
  return {Attributes{}, engineer, leaver};
}

void require_decisions(const Policy& policy, const TimeZones& zones) {
  static const std::vector<Attributes> people = somebody();
  const Instant now = *parse_rfc3339("2026-03-02T09:00:00Z");
  for (const Attributes& person : people) {
    const Lifecycle life = lifecycle_of(person, policy.lifecycle, zones, now);
    const auto desired = desired_for(policy, person, life);
    fuzz::require(life.entitled || desired.empty(), "who is not entitled gets nothing");
    for (const Desired& one : desired) {
      fuzz::require(!one.rules.empty(), "a rule gives what is given");
      fuzz::require(policy.names(one.entitlement), "what is given is named");
      policy.mode_of(one.entitlement);
      policy.protected_things.protects(PersonId("eva"), AccountId("auth0|eva"), one.entitlement);
    }
  }
  for (const Rule& rule : policy.rules) {
    fuzz::require(!contradiction(rule.when), "a rule can match", rule.name);
  }
}

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  static const std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  static const test::FixedZones zones;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = config_files::read_policy_text(text, "policy.toml", zones, *crypto);
  fuzz::require(read.policy.has_value() == read.problems.empty(), "a policy or problems");
  require_problems(text, read.problems);
  if (!read.policy) return 0;
  fuzz::require(read.policy->text == text, "the policy keeps its text");
  fuzz::require(!read.policy->rules.empty(), "a policy has rules");
  require_decisions(*read.policy, zones);
  return 0;
}
