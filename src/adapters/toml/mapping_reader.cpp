#include "adapters/toml/mapping_reader.hpp"

#include "adapters/toml/event_types.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/lifecycle.hpp"

namespace rosterd::config_files {

namespace {

using Texts = std::map<std::string, std::string>;

/// RFC 6901, section 3.
bool is_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    const std::string_view code = text.substr(at + 1, 1);
    if (code != "0" && code != "1") return false;
  }
  return true;
}

std::string pointer_problem(std::string_view name, std::string_view text) {
  std::string problem =
      std::string(name) + " is " + in_quotes(text) + ", should be a JSON pointer (RFC 6901): ";
  const bool slash_forgotten = !text.empty() && text.find_first_of("/~") == std::string_view::npos;
  return problem + (slash_forgotten ? in_quotes("/" + std::string(text))
                                    : R"("/employee/id"; "~" in a name is "~0", "/" is "~1")");
}

void pointer(TableReader& table, std::string_view key, std::string& into) {
  if (!table.text(key, into) || is_pointer(into)) return;
  table.problem(key, pointer_problem(key, into));
}

/// `[…mapping.KEY]`, a table of texts, each of which `check` then sees by its name: where one is
/// wrong, its own line is told.
template <typename Check>
void text_table(TableReader& table, std::string_view key, Texts& into, Check check) {
  if (!table.text_map(key, into)) return;
  table.section(key, [&](TableReader& entries) {
    for (const auto& [name, text] : into) {
      entries.node(name);
      const std::string problem = check(name, text);
      if (!problem.empty()) entries.problem(name, problem);
    }
  });
}

std::string type_problem(const std::string& name, const std::string& type) {
  const std::string problem = event_type_problem(type);
  return problem.empty() ? problem : in_quotes(name) + " becomes " + in_quotes(type) + problem;
}

std::string attribute_problem(const std::string& name, const std::string& text) {
  constexpr std::size_t name_bytes_max = 128;
  if (name.empty() || name.size() > name_bytes_max) {
    return "the name of an attribute should have 1 to " + std::to_string(name_bytes_max) + " bytes";
  }
  return text.empty() || !is_pointer(text) ? pointer_problem(name, text) : std::string();
}

std::string status_problem(const std::string& name, const std::string& meaning) {
  if (lifecycle_state(meaning)) return {};
  const std::vector<std::string> states = {"prehire", "active", "on_leave", "suspended", "left"};
  return in_quotes(name) + " becomes the status " + in_quotes(meaning) + ", should be " +
         alternatives(states) + did_you_mean(meaning, states);
}

void read_values(TableReader& table, EventMapping& mapping) {
  const auto* node = table.node("values");
  const auto* names = node == nullptr ? nullptr : node->as_table();
  std::vector<std::string> attributes;
  for (const auto& [name, text] : mapping.attributes) attributes.push_back(name);
  table.section("values", [&](TableReader& values) {
    for (const auto& [key, meanings] : *names) {
      const std::string name(key.str());
      const bool status = name == attribute::status;
      text_table(values, name, mapping.values[name], [&](const auto& said, const auto& meaning) {
        return status ? status_problem(said, meaning) : std::string();
      });
      if (mapping.attributes.contains(name)) continue;
      values.problem(
          position_of(key.source()),
          "there are values of " + in_quotes(name) + ", which is not one of the attributes" +
              did_you_mean(name, attributes)
      );
    }
  });
}

}  // namespace

void read_mapping(TableReader& table, EventMapping& mapping) {
  table.require(
      "person_id", "the pointer to the person's immutable key, as person_id = \"/employee/id\""
  );
  pointer(table, "events", mapping.events);
  pointer(table, "person_id", mapping.person_id);
  pointer(table, "id", mapping.id);
  pointer(table, "occurred_at", mapping.occurred_at);
  pointer(table, "effective_at", mapping.effective_at);
  pointer(table, "sequence", mapping.sequence);
  pointer(table, "type", mapping.type);
  table.text("default_type", mapping.default_type);
  text_table(table, "types", mapping.types, type_problem);
  text_table(table, "attributes", mapping.attributes, attribute_problem);
  read_values(table, mapping);

  if (table.has("person_id") && mapping.person_id.empty()) {
    table.problem("person_id", "person_id is empty, so nobody would know whom an event is about");
  }
  const std::string problem = event_type_problem(mapping.default_type);
  if (!problem.empty()) {
    table.problem("default_type", "default_type is " + in_quotes(mapping.default_type) + problem);
  }
  if (!mapping.types.empty() && mapping.type.empty()) {
    table.problem(
        "types", "types says what the vendor's types mean, but type, the pointer to them, is absent"
    );
  }
}

}  // namespace rosterd::config_files
