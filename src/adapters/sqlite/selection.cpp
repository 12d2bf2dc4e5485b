#include "adapters/sqlite/selection.hpp"

#include "rosterd/domain/outcome.hpp"

namespace rosterd::sqlite {
namespace {

// Lists are bound as one JSON array: SQLite limits the number of parameters.
template <class Values, class Print>
std::string json_array(const Values& values, Print print) {
  std::string text = "[";
  for (const auto& value : values) {
    if (text.size() > 1) text += ',';
    text += print(value);
  }
  return text + "]";
}

std::string ids_as_json(const EventSelection& selection) {
  return json_array(selection.ids, [](EventId id) { return std::to_string(id); });
}

std::string states_as_json(const EventSelection& selection) {
  return json_array(selection.states, [](EventState state) {
    return '"' + std::string(to_string(state)) + '"';
  });
}

}  // namespace

std::string where_clause(const EventSelection& selection) {
  std::string sql;
  const auto add = [&](const char* condition) {
    sql += sql.empty() ? " WHERE " : " AND ";
    sql += condition;
  };
  if (!selection.ids.empty()) add("e.id IN (SELECT value FROM json_each(?))");
  if (selection.person) add("e.person = ?");
  if (!selection.states.empty()) add("o.state IN (SELECT value FROM json_each(?))");
  if (selection.error) add("o.error = ?");
  if (selection.source) add("e.source = ?");
  if (selection.received_from) add("e.received_at >= ?");
  if (selection.received_to) add("e.received_at < ?");
  return sql;
}

void bind_selection(Query& query, const EventSelection& selection) {
  if (!selection.ids.empty()) query.bind_next(std::string_view(ids_as_json(selection)));
  if (selection.person) query.bind_next(*selection.person);
  if (!selection.states.empty()) query.bind_next(std::string_view(states_as_json(selection)));
  if (selection.error) query.bind_next(to_string(*selection.error));
  if (selection.source) query.bind_next(*selection.source);
  if (selection.received_from) query.bind_next(*selection.received_from);
  if (selection.received_to) query.bind_next(*selection.received_to);
}

}  // namespace rosterd::sqlite
