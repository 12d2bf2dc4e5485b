#include "adapters/toml/event_types.hpp"

#include "rosterd/domain/change_event.hpp"

namespace rosterd::config_files {

std::string event_type_problem(std::string_view word) {
  if (change_type(word) != ChangeType::unknown) return {};
  std::vector<std::string> known;
  for (const ChangeType type :
       {ChangeType::joined, ChangeType::changed, ChangeType::left, ChangeType::notice}) {
    known.emplace_back(to_string(type));
  }
  return ", should be " + alternatives(known) + did_you_mean(word, known);
}

}  // namespace rosterd::config_files
