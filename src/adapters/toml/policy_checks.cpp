#include "adapters/toml/policy_checks.hpp"

#include "rosterd/base/text.hpp"

#include <functional>
#include <map>
#include <set>

namespace rosterd::config_files {

namespace {

/// Follows nesting from each group; a group that is met while it is still being followed closes a
/// circle.
class NestingWalk {
 public:
  explicit NestingWalk(const std::vector<GroupSpec>& groups) {
    for (const GroupSpec& group : groups) groups_[lower_case(group.name)] = &group;
  }

  /// The names along the circle through `group`, or nothing.
  std::vector<std::string> circle_through(const GroupSpec& group) {
    visited_.clear();
    path_.clear();
    return follow(group, lower_case(group.name)) ? path_ : std::vector<std::string>{};
  }

 private:
  bool follow(const GroupSpec& group, const std::string& wanted) {
    path_.push_back(group.name);
    for (const std::string& nested : group.nested) {
      const std::string name = lower_case(nested);
      if (name == wanted) {
        path_.push_back(nested);
        return true;
      }
      const auto found = groups_.find(name);
      if (found == groups_.end() || !visited_.insert(name).second) continue;
      if (follow(*found->second, wanted)) return true;
    }
    path_.pop_back();
    return false;
  }

  std::map<std::string, const GroupSpec*> groups_;
  std::set<std::string> visited_;
  std::vector<std::string> path_;
};

}  // namespace

void check_spelling(const std::vector<Mention>& mentions, Problems& problems) {
  std::map<EntitlementName, EntitlementName> first_spelling;
  for (const Mention& mention : mentions) {
    EntitlementName folded = mention.name;
    folded.name = lower_case(folded.name);
    const auto& first = first_spelling.try_emplace(folded, mention.name).first->second;
    if (first == mention.name) continue;
    problems.add(
        mention.at,
        in_quotes(to_string(mention.name)) + " and " + in_quotes(to_string(first)) +
            " differ by case only; write the name as the tenant has it"
    );
  }
}

void check_nesting(
    const std::vector<GroupSpec>& groups, const std::vector<Position>& places, Problems& problems
) {
  NestingWalk walk(groups);
  std::set<std::string> reported;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (reported.contains(groups[i].name)) continue;
    const auto circle = walk.circle_through(groups[i]);
    if (circle.empty()) continue;
    std::string text;
    for (const std::string& name : circle) {
      text += (text.empty() ? "" : " > ") + in_quotes(name);
      reported.insert(name);
    }
    problems.add(places[i], "groups are nested in a circle: " + text);
  }
}

std::string template_problem(std::string_view text) {
  std::size_t placeholders = 0;
  while (!text.empty()) {
    const auto brace = text.find_first_of("{}");
    if (brace == std::string_view::npos) break;
    if (text[brace] == '}') return "has a } without its {";
    const auto close = text.find_first_of("{}", brace + 1);
    if (close == std::string_view::npos || text[close] == '{') return "has a { without its }";
    const auto name = text.substr(brace + 1, close - brace - 1);
    if (name.empty() || name != trim(name)) {
      return "has a placeholder without a name, should be {ATTRIBUTE}";
    }
    ++placeholders;
    text.remove_prefix(close + 1);
  }
  return placeholders > 0 ? "" : "names no attribute, so everybody would get the same account";
}

}  // namespace rosterd::config_files
