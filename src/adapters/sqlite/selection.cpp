#include "adapters/sqlite/selection.hpp"

#include "rosterd/domain/outcome.hpp"

#include <algorithm>
#include <vector>

namespace rosterd::sqlite {
namespace {

// Bound as one JSON array: SQLite limits the number of parameters.
std::string ids_as_json(const std::vector<EventId>& ids) {
  std::string text = "[";
  for (const EventId id : ids) text += (text.size() > 1 ? "," : "") + std::to_string(id);
  return text + "]";
}

std::string quoted(EventState state) {
  return "'" + std::string(to_string(state)) + "'";
}

// Written out, and not bound, so that SQLite sees which of the partial indexes serves.
std::string states_condition(const std::vector<EventState>& states) {
  if (states.size() == 1 && is_final(states.front())) return "o.state = " + quoted(states.front());
  std::string list;
  for (const EventState state : states) list += (list.empty() ? "" : ", ") + quoted(state);
  std::string condition = "o.state IN (" + list + ")";
  const auto is_pending = [](EventState state) { return state == EventState::pending; };
  if (std::any_of(states.begin(), states.end(), is_final)) return condition;
  if (std::all_of(states.begin(), states.end(), is_pending)) {
    return condition + " AND o.due_at IS NOT NULL";
  }
  if (std::none_of(states.begin(), states.end(), is_pending)) {
    return condition + " AND o.finished_at IS NULL AND o.due_at IS NOT 0";
  }
  return condition + " AND o.event IN (" + std::string(open_events) + ")";
}

}  // namespace

std::string where_clause(const EventSelection& selection) {
  std::string sql;
  const auto add = [&](const std::string& condition) {
    sql += sql.empty() ? " WHERE " : " AND ";
    sql += condition;
  };
  if (!selection.ids.empty()) add("e.id IN (SELECT value FROM json_each(?))");
  if (selection.person) add("e.person = ?");
  if (!selection.states.empty()) add(states_condition(selection.states));
  if (selection.error) add("o.error = ?");
  if (selection.source) add("e.source = ?");
  if (selection.received_from) add("e.received_at >= ?");
  if (selection.received_to) add("e.received_at < ?");
  if (selection.before) add("e.id < ?");
  return sql;
}

void bind_selection(Query& query, const EventSelection& selection) {
  if (!selection.ids.empty()) query.bind_next(std::string_view(ids_as_json(selection.ids)));
  if (selection.person) query.bind_next(*selection.person);
  if (selection.error) query.bind_next(to_string(*selection.error));
  if (selection.source) query.bind_next(*selection.source);
  if (selection.received_from) query.bind_next(*selection.received_from);
  if (selection.received_to) query.bind_next(*selection.received_to);
  if (selection.before) query.bind_next(*selection.before);
}

}  // namespace rosterd::sqlite
