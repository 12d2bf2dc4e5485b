#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/domain/structure.hpp"
#include "run_task.hpp"
#include "table.hpp"
#include "tenant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

namespace rosterd::cli {

namespace {

struct Finding {
  enum class Kind { good, warning, error };
  Kind kind = Kind::good;
  std::string text;
};

/// Collects what was looked at; `check` says all of it.
class Findings {
 public:
  void good(std::string text) { add(Finding::Kind::good, std::move(text)); }
  void warning(std::string text) { add(Finding::Kind::warning, std::move(text)); }
  void error(std::string text) { add(Finding::Kind::error, std::move(text)); }

  bool failed() const {
    return std::any_of(all_.begin(), all_.end(), [](const Finding& finding) {
      return finding.kind == Finding::Kind::error;
    });
  }

  void print() const {
    for (const Finding& finding : all_) {
      switch (finding.kind) {
        case Finding::Kind::good:
          std::cout << toned("ok      ", Tone::good);
          break;
        case Finding::Kind::warning:
          std::cout << toned("warning ", Tone::careful);
          break;
        case Finding::Kind::error:
          std::cout << toned("error   ", Tone::bad);
          break;
      }
      std::cout << printable(finding.text, 1000) << '\n';
    }
  }

  void print_json() const {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Finding& finding : all_) {
      constexpr std::array<const char*, 3> names = {"ok", "warning", "error"};
      nlohmann::ordered_json one;
      one["result"] = names[static_cast<std::size_t>(finding.kind)];
      one["text"] = finding.text;
      list.push_back(std::move(one));
    }
    nlohmann::ordered_json out;
    out["ok"] = !failed();
    out["findings"] = std::move(list);
    std::cout << out.dump(2) << '\n';
  }

 private:
  void add(Finding::Kind kind, std::string text) { all_.push_back({kind, std::move(text)}); }
  std::vector<Finding> all_;
};

bool looks_users_up(const Policy& policy) {
  return std::any_of(
      policy.accounts.match.begin(),
      policy.accounts.match.end(),
      [](const AccountMatch& match) {
        return match.kind == AccountMatch::Kind::email || match.must_exist;
      }
  );
}

void check_scopes(const TenantAccess& tenant, const Policy& policy, Findings& findings) {
  const auto scopes = tenant.client.token_scopes();
  if (!scopes) return;
  std::vector<std::string> needed = {"read:groups", "update:groups", "read:roles", "update:roles"};
  if (looks_users_up(policy)) needed.emplace_back("read:users");
  if (policy.create_structure) {
    needed.insert(needed.end(), {"create:groups", "create:roles"});
    if (!policy.permissions.empty())
      needed.insert(needed.end(), {"read:permissions", "create:permissions"});
  }
  std::string missing;
  for (const std::string& scope : needed) {
    if (std::find(scopes->begin(), scopes->end(), scope) == scopes->end()) missing += " " + scope;
  }
  if (missing.empty()) {
    findings.good("the token has the scopes that are needed");
  } else {
    findings.error("the token lacks scopes:" + missing + "; authorize the application for them");
  }
  if (std::find(scopes->begin(), scopes->end(), "update:configuration") != scopes->end()) {
    findings.warning(
        "the token has update:configuration, which can overwrite the whole tenant and is not needed"
    );
  }
}

void check_names(
    const Policy& policy,
    const TenantState& state,
    const std::filesystem::path& file,
    Findings& findings
) {
  const auto unknown = unknown_names(policy, state);
  for (const UnknownName& one : unknown) {
    std::string text = file.string() + ":" + std::to_string(one.line) + ": rule \"" + one.rule +
                       "\" gives " + std::string(to_string(one.name.kind)) + " " +
                       to_string(one.name) + ", which the tenant does not have";
    if (one.nearest) text += "; did you mean " + *one.nearest + "?";
    findings.error(std::move(text));
  }
  if (unknown.empty()) findings.good("every group and role of the rules is there");
}

void check_tenant(
    const World& world, const Config& config, const Policy& policy, Findings& findings
) {
  TenantAccess tenant(world, config);
  const auto probe = run_task(tenant.loop, tenant.client.probe());
  if (!probe) {
    findings.error(explained(probe.error()));
    return;
  }
  findings.good("the tenant answers at " + config.target.base_url);
  check_scopes(tenant, policy, findings);
  TenantState state;
  const auto groups = run_task(tenant.loop, tenant.client.groups());
  if (!groups) return findings.error(explained(groups.error()));
  const auto roles = run_task(tenant.loop, tenant.client.roles());
  if (!roles) return findings.error(explained(roles.error()));
  state.groups = *groups;
  state.roles = *roles;
  findings.good(
      counted(state.groups.size(), "group", "groups") + " and " +
      counted(state.roles.size(), "role", "roles") + " in the tenant"
  );
  check_names(policy, state, config.policy_file, findings);
}

}  // namespace

int run(const Check& command) {
  const World world = make_world();
  const Config config = load_config(world, command.common);
  const auto policy = load_policy(world, config.policy_file);
  Findings findings;
  findings.good(config.file.string() + " and " + config.policy_file.string() + " can be used");
  findings.good(
      counted(policy->rules.size(), "rule", "rules") + ", " +
      counted(config.webhook.sources.size(), "webhook source", "webhook sources") + ", " +
      counted(config.drops.size(), "drop", "drops")
  );
  if (!command.offline) check_tenant(world, config, *policy, findings);
  command.common.json ? findings.print_json() : findings.print();
  return findings.failed() ? exit_code::failed : exit_code::done;
}

}  // namespace rosterd::cli
