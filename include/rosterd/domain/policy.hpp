#pragma once

#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/entitlement.hpp"
#include "rosterd/domain/ids.hpp"
#include "rosterd/domain/lifecycle.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rosterd {

/// A test of one attribute. An attribute that a person does not have fails every test but
/// `is_not` and `exists = false`. A list attribute passes when any of its elements does.
struct AttributeTest {
  enum class Kind { any_of, is_not, matches, at_least, at_most, exists };

  std::string attribute;
  Kind kind = Kind::any_of;
  std::vector<AttributeValue> values;  ///< any_of, is_not (none of), matches: several; else one
  bool exact_case = false;
};

/// A tree of tests: what a rule's `when` says.
struct Condition {
  enum class Kind { all, any, none, test };

  Kind kind = Kind::all;
  std::vector<Condition> children;  ///< all, any, none; `all` of nothing is true
  AttributeTest test;
};

struct Rule {
  std::string name;
  Condition when;
  std::vector<EntitlementName> entitlements;
  std::size_t line = 0;  ///< in the policy file, for messages
};

/// How a person is linked to accounts: one way to find one.
struct AccountMatch {
  enum class Kind {
    attribute,      ///< the attribute is the user_id (or a list of them)
    email,          ///< the user of `argument`'s connection with the person's e-mail
    text_template,  ///< `waad|{entra_id}`
  };
  Kind kind = Kind::attribute;
  std::string argument;     ///< attribute name, connection name, or template
  bool must_exist = false;  ///< attribute and template: ask the tenant before using it
};

struct AccountMatching {
  std::vector<AccountMatch> match;
  bool all = false;  ///< false: the first that answers; true: every one that answers is an account
};

struct GroupSpec {
  std::string name;
  std::optional<std::string> description;
  std::vector<EntitlementName> roles;  ///< attached to the group
  std::vector<std::string> nested;     ///< who is in these is in this one, too
  std::optional<Mode> mode;
  std::size_t line = 0;
};

struct RoleSpec {
  EntitlementName role;
  std::optional<std::string> description;
  std::vector<std::string> permissions;  ///< of the same application
  std::optional<Mode> mode;
  std::string application_type = "client";
  std::size_t line = 0;
};

struct PermissionSpec {
  std::string name;
  std::string application;
  std::optional<std::string> description;
  std::string application_type = "client";
  std::size_t line = 0;
};

/// `[protected]`: what is never removed, whatever the rules say.
struct ProtectedThings {
  std::vector<PersonId> people;
  std::vector<AccountId> accounts;
  std::vector<EntitlementName> entitlements;  ///< names are compared ignoring case

  /// What protects an assignment, for people (`the group Staff is protected`); nothing: it may go.
  std::optional<std::string> protects(
      const PersonId& person, const AccountId& account, const EntitlementName& name
  ) const;
};

/// The rules from attributes to entitlements (birthright access), as read from policy.toml.
struct Policy {
  std::string version;  ///< the first 12 hex digits of the file's SHA-256
  std::string text;     ///< the file as it was read, kept with the version
  LifecycleSettings lifecycle;
  AccountMatching accounts;
  std::vector<Rule> rules;
  bool create_structure = false;
  Mode default_mode = Mode::managed;
  std::vector<GroupSpec> groups;
  std::vector<RoleSpec> roles;
  std::vector<PermissionSpec> permissions;
  ProtectedThings protected_things;

  /// The mode of an entitlement: its own, else the default.
  Mode mode_of(const EntitlementName& name) const;

  /// Whether a rule gives it, or it is declared: whether its members are rosterd's concern.
  bool names(const EntitlementName& name) const;
};

bool holds(const Condition& condition, const Attributes& attributes);

/// An entitlement somebody should have, and the rules that say so.
struct Desired {
  EntitlementName entitlement;
  std::vector<std::string> rules;
};

/// What the policy gives a person; nothing when the lifecycle does not entitle. Pure; sorted by
/// entitlement.
std::vector<Desired> desired_for(
    const Policy& policy, const Attributes& attributes, const Lifecycle& lifecycle
);

/// Why a rule can never match (`department = "A"` and `department = "B"` both demanded), if so.
std::optional<std::string> contradiction(const Condition& condition);

}  // namespace rosterd
