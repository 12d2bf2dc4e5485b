#include "rosterd/adapters/toml/policy_reader.hpp"

#include "adapters/toml/condition_reader.hpp"
#include "adapters/toml/document.hpp"
#include "adapters/toml/policy_checks.hpp"
#include "adapters/toml/table_reader.hpp"
#include "rosterd/base/hash.hpp"
#include "rosterd/base/text.hpp"

#include <map>
#include <set>

namespace rosterd::config_files {

namespace {

const std::vector<std::string> application_types = {"client", "resource_server"};

void read_lifecycle(TableReader& table, LifecycleSettings& lifecycle, const TimeZones& zones) {
  if (table.text("time_zone", lifecycle.time_zone) && !zones.known(lifecycle.time_zone)) {
    table.problem(
        "time_zone",
        "time_zone is " + in_quotes(lifecycle.time_zone) +
            ", should be a name of the IANA database: \"Europe/Berlin\", \"UTC\""
    );
  }
  table.duration("lead", lifecycle.lead);
  std::string leave = "keep";
  std::string last_day = "end_of_day";
  std::string leaver = "revoke_all";
  table.one_of("leave", leave, {"keep", "suspend"});
  table.one_of("last_day", last_day, {"end_of_day", "start_of_day"});
  table.one_of("leaver", leaver, {"revoke_all", "revoke_granted"});
  using Settings = LifecycleSettings;
  lifecycle.leave = leave == "keep" ? Settings::Leave::keep : Settings::Leave::suspend;
  lifecycle.last_day =
      last_day == "end_of_day" ? Settings::LastDay::end_of_day : Settings::LastDay::start_of_day;
  lifecycle.leaver =
      leaver == "revoke_all" ? Settings::Leaver::revoke_all : Settings::Leaver::revoke_granted;
}

bool read_mode(TableReader& table, std::string_view key, Mode& into) {
  std::string text;
  if (!table.one_of(key, text, {"managed", "exact", "additive", "report"})) return false;
  into = mode(text).value_or(into);
  return true;
}

void read_mode(TableReader& table, std::string_view key, std::optional<Mode>& into) {
  Mode value = Mode::managed;
  if (read_mode(table, key, value)) into = value;
}

void read_account_match(TableReader& table, std::vector<AccountMatch>& matches) {
  constexpr std::string_view one_of_three =
      R"({ attribute = "user_id" }, { email = "CONNECTION" } or { template = "waad|{entra_id}" })";
  AccountMatch match;
  int ways = 0;
  if (table.text("attribute", match.argument)) ++ways;
  if (table.text("email", match.argument)) {
    match.kind = AccountMatch::Kind::email;
    ++ways;
  }
  if (table.text("template", match.argument)) {
    match.kind = AccountMatch::Kind::text_template;
    ++ways;
    const std::string wrong = template_problem(match.argument);
    if (!wrong.empty()) table.problem("template", "template " + wrong);
  }
  table.boolean("must_exist", match.must_exist);
  if (ways != 1 || match.argument.empty()) {
    table.problem(
        table.position(), "an element of match should be one of " + std::string(one_of_three)
    );
  }
  if (match.kind == AccountMatch::Kind::email && table.has("must_exist")) {
    table.problem("must_exist", "must_exist is for attribute and template: e-mail always asks");
  }
  matches.push_back(std::move(match));
}

void read_accounts(TableReader& table, AccountMatching& accounts) {
  std::string use = "first";
  table.one_of("use", use, {"first", "all"});
  accounts.all = use == "all";
  accounts.match.clear();
  table.sections("match", [&](TableReader& match) { read_account_match(match, accounts.match); });
  if (accounts.match.empty()) {
    table.problem("match", "[accounts] has no match, so nobody would ever have an account");
  }
}

/// Reads the policy's lists of named things and keeps where each name stands, for the checks that
/// need all of them.
class PolicyReader {
 public:
  PolicyReader(Policy& policy, Problems& problems) : policy_(policy), problems_(problems) {}

  void read_rule(TableReader& table) {
    Rule rule;
    rule.line = table.position().line;
    table.require("name", "what explanations call the rule");
    table.text("name", rule.name);
    if (table.has("name") && !once(rule_names_, rule.name)) {
      table.problem("name", "a second rule is named " + in_quotes(rule.name));
    }
    read_when(table, rule);
    rule.entitlements = groups(table, "groups");
    const auto roles_read = roles(table, "roles");
    rule.entitlements.insert(rule.entitlements.end(), roles_read.begin(), roles_read.end());
    if (!table.has("groups") && !table.has("roles")) {
      table.problem(table.position(), "[[rule]] gives nothing: it has neither groups nor roles");
    }
    policy_.rules.push_back(std::move(rule));
  }

  void read_group(TableReader& table) {
    GroupSpec group;
    group.line = table.position().line;
    table.require("name", "the group's name, as the tenant has it");
    table.text("name", group.name);
    table.text("description", group.description);
    group.roles = roles(table, "roles");
    for (EntitlementName& name : groups(table, "nested"))
      group.nested.push_back(std::move(name.name));
    read_mode(table, "mode", group.mode);
    declare(table, {EntitlementKind::group, group.name, ""});
    group_places_.push_back(table.position("name"));
    policy_.groups.push_back(std::move(group));
  }

  void read_role(TableReader& table) {
    RoleSpec role;
    role.line = table.position().line;
    table.require("name", "the role's name and application: NAME@APPLICATION_ID");
    std::string name;
    if (table.text("name", name)) {
      role.role = role_name({name, table.position("name")}).value_or(EntitlementName{});
    }
    table.text("description", role.description);
    table.texts("permissions", role.permissions);
    read_mode(table, "mode", role.mode);
    table.one_of("application_type", role.application_type, application_types);
    declare(table, role.role);
    policy_.roles.push_back(std::move(role));
  }

  void read_permission(TableReader& table) {
    PermissionSpec permission;
    permission.line = table.position().line;
    table.require("name", "the permission's name and application: NAME@APPLICATION_ID");
    std::string name;
    if (table.text("name", name)) {
      const auto split = parse_role_name(name);
      if (split) {
        permission.name = split->name;
        permission.application = split->application;
      } else {
        table.problem("name", "name is " + in_quotes(name) + ", should be NAME@APPLICATION_ID");
      }
    }
    table.text("description", permission.description);
    table.one_of("application_type", permission.application_type, application_types);
    if (!name.empty() && !once(permission_names_, name)) {
      table.problem("name", "a second permission is named " + in_quotes(name));
    }
    policy_.permissions.push_back(std::move(permission));
  }

  void read_protected(TableReader& table) {
    ProtectedThings& things = policy_.protected_things;
    for (PlacedText& key : distinct_texts(table, "people")) {
      things.people.emplace_back(std::move(key.text));
    }
    things.accounts = accounts(table, "accounts");
    things.entitlements = groups(table, "groups");
    const auto roles_read = roles(table, "roles");
    things.entitlements.insert(things.entitlements.end(), roles_read.begin(), roles_read.end());
  }

  void check_all() {
    check_spelling(mentions_, problems_);
    check_nesting(policy_.groups, group_places_, problems_);
  }

 private:
  static bool once(std::set<std::string>& seen, const std::string& name) {
    return seen.insert(name).second;
  }

  void read_when(TableReader& table, Rule& rule) {
    const auto* when = table.node("when");
    if (when == nullptr) return;
    const auto* conditions = when->as_table();
    if (conditions == nullptr) {
      table.problem(
          "when",
          "when is " + std::string(type_in_words(*when)) +
              R"(, should be a table: when = { department = "Engineering" })"
      );
      return;
    }
    rule.when = read_condition(*conditions, problems_);
    if (const auto why = contradiction(rule.when)) {
      table.problem("when", "rule " + in_quotes(rule.name) + " can never match: " + *why);
    }
  }

  std::vector<EntitlementName> groups(TableReader& table, std::string_view key) {
    return names(table, key, [](const PlacedText& text) -> std::optional<EntitlementName> {
      return EntitlementName{EntitlementKind::group, text.text, ""};
    });
  }

  std::vector<EntitlementName> roles(TableReader& table, std::string_view key) {
    return names(table, key, [this](const PlacedText& text) { return role_name(text); });
  }

  template <class Parse>
  std::vector<EntitlementName> names(TableReader& table, std::string_view key, Parse parse) {
    std::vector<EntitlementName> read;
    for (const PlacedText& text : distinct_texts(table, key)) {
      const std::optional<EntitlementName> name = parse(text);
      if (!name) continue;
      mentions_.push_back({*name, text.at});
      read.push_back(*name);
    }
    return read;
  }

  std::vector<AccountId> accounts(TableReader& table, std::string_view key) {
    std::vector<AccountId> read;
    for (PlacedText& text : distinct_texts(table, key)) {
      if (text.text.find('|') == std::string::npos) {
        problems_.add(
            text.at,
            "the account " + in_quotes(text.text) +
                " should be a user_id as the tenant has it: \"auth0|5f7c8ec7c33c6c004bbafe82\""
        );
      }
      read.emplace_back(std::move(text.text));
    }
    return read;
  }

  /// Empty ones and those that stand there twice are reported and left out.
  std::vector<PlacedText> distinct_texts(TableReader& table, std::string_view key) {
    std::vector<PlacedText> texts;
    table.placed_texts(key, texts);
    std::set<std::string> seen;
    std::vector<PlacedText> distinct;
    for (PlacedText& text : texts) {
      if (text.text.empty()) {
        problems_.add(text.at, "an empty name in " + std::string(key));
      } else if (!once(seen, text.text)) {
        problems_.add(text.at, in_quotes(text.text) + " stands in this list twice");
      } else {
        distinct.push_back(std::move(text));
      }
    }
    return distinct;
  }

  std::optional<EntitlementName> role_name(const PlacedText& text) {
    auto name = parse_role_name(text.text);
    if (!name) {
      problems_.add(
          text.at, "the role " + in_quotes(text.text) + " has no application: NAME@APPLICATION_ID"
      );
    }
    return name;
  }

  void declare(TableReader& table, const EntitlementName& name) {
    if (name.name.empty()) return;
    mentions_.push_back({name, table.position("name")});
    if (!declared_.insert(name).second) {
      table.problem("name", in_quotes(to_string(name)) + " is declared twice");
    }
  }

  Policy& policy_;
  Problems& problems_;
  std::vector<Mention> mentions_;
  std::vector<Position> group_places_;
  std::set<std::string> rule_names_;
  std::set<std::string> permission_names_;
  std::set<EntitlementName> declared_;
};

void read_document(TableReader& root, Policy& policy, const TimeZones& zones, Problems& problems) {
  policy.accounts.match = {{.kind = AccountMatch::Kind::attribute, .argument = "user_id"}};
  root.section("lifecycle", [&](auto& table) { read_lifecycle(table, policy.lifecycle, zones); });
  root.section("accounts", [&](auto& table) { read_accounts(table, policy.accounts); });
  root.section("structure", [&](auto& table) { table.boolean("create", policy.create_structure); });
  root.section("entitlements", [&](auto& table) {
    read_mode(table, "default_mode", policy.default_mode);
  });
  PolicyReader reader(policy, problems);
  root.sections("rule", [&](auto& table) { reader.read_rule(table); });
  root.sections("group", [&](auto& table) { reader.read_group(table); });
  root.sections("role", [&](auto& table) { reader.read_role(table); });
  root.sections("permission", [&](auto& table) { reader.read_permission(table); });
  root.section("protected", [&](auto& table) { reader.read_protected(table); });
  reader.check_all();
  if (!root.has("rule")) {
    problems.add({}, "has no [[rule]]: under it nobody would have anything");
  }
  root.finish();
}

}  // namespace

PolicyResult read_policy_text(
    std::string_view text,
    const std::filesystem::path& file,
    const TimeZones& zones,
    const Crypto& crypto
) {
  Problems problems(file.string());
  const auto document = parse(text, problems);
  if (!document) return {.policy = std::nullopt, .problems = problems.sorted()};

  Policy policy;
  policy.version = to_hex(crypto.sha256(text)).substr(0, 12);
  policy.text = std::string(text);
  TableReader root(*document, problems);
  read_document(root, policy, zones, problems);
  if (!problems.empty()) return {.policy = std::nullopt, .problems = problems.sorted()};
  return {.policy = std::move(policy), .problems = {}};
}

PolicyResult read_policy(
    const std::filesystem::path& file, const TimeZones& zones, const Crypto& crypto
) {
  Problems problems(file.string());
  const auto text = read_text(file, problems);
  if (!text) return {.policy = std::nullopt, .problems = problems.sorted()};
  return read_policy_text(*text, file, zones, crypto);
}

}  // namespace rosterd::config_files
