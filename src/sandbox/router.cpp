#include "sandbox/router.hpp"

namespace rosterd::sandbox {

namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    segments.emplace_back(segment);
    path.remove_prefix(segment.size());
  }
  return segments;
}

bool is_param(std::string_view segment) {
  return segment.starts_with('{');
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_param(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
  }
  return true;
}

}  // namespace

Router::Router() {
  for (const Routes& routes :
       {group_routes(),
        group_member_routes(),
        group_part_routes(),
        role_routes(),
        permission_routes(),
        user_routes(),
        configuration_routes(),
        management_routes(),
        token_routes(),
        control_routes()}) {
    for (const Route& route : routes) entries_.push_back({route, segments_of(route.pattern)});
  }
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  Match match;
  const auto segments = segments_of(path);
  for (const Entry& entry : entries_) {
    if (entry.route.method != method || !fits(entry.segments, segments)) continue;
    match.route = &entry.route;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (!is_param(entry.segments[i])) continue;
      auto decoded = percent_decoded(segments[i]);
      if (!decoded) match.malformed = true;
      match.params.push_back(decoded.value_or(""));
    }
    return match;
  }
  return match;
}

std::vector<std::string> guid_params(std::string_view pattern) {
  std::vector<std::string> names;
  for (const std::string& segment : segments_of(pattern)) {
    if (!is_param(segment)) continue;
    const std::size_t colon = segment.find(":guid}");
    names.push_back(colon == std::string::npos ? "" : segment.substr(1, colon - 1));
  }
  return names;
}

}  // namespace rosterd::sandbox
