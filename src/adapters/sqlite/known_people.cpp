#include "adapters/sqlite/known_people.hpp"

#include "adapters/sqlite/codec.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace rosterd::sqlite {
namespace {

// Compared as the policy compares: a roster for `Contractor` is for `contractor`, too.
bool is_in_scope(const Attributes& attributes, const AttributePatch& scope) {
  return std::all_of(scope.begin(), scope.end(), [&](const auto& wanted) {
    const auto found = attributes.find(wanted.first);
    if (!wanted.second) return found == attributes.end();
    return found != attributes.end() &&
           equal_ignoring_case(to_text(found->second), to_text(*wanted.second));
  });
}

Attributes values_of(const AttributePatch& patch) {
  Attributes values;
  for (const auto& [name, value] : patch) {
    if (value) values.emplace(name, *value);
  }
  return values;
}

// To the end, when there is no last person: every text sorts before every blob.
template <class Visit, class... Values>
void each_up_to(
    const std::optional<PersonId>& last,
    Query& query,
    Visit visit,
    const PersonId& after,
    const Values&... values
) {
  constexpr std::span<const std::byte> beyond_all_texts;
  if (last) {
    query.each(visit, after, *last, values...);
  } else {
    query.each(visit, after, beyond_all_texts, values...);
  }
}

}  // namespace

KnownPeople::KnownPeople(const SQLite::Database& database, const Outbox& outbox)
    : outbox_(outbox),
      nth_person_(database, "SELECT id FROM person WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"),
      nth_open_(
          database,
          "SELECT person FROM temp.open_event WHERE person > ? ORDER BY person LIMIT 1 OFFSET ?"
      ),
      people_(
          database,
          "SELECT id, status, stale, attributes FROM person WHERE id > ?1 "
          "AND id <= ?2 ORDER BY id"
      ),
      open_(
          database,
          "SELECT t.person, o.lane, o.priority, e.attributes FROM temp.open_event t "
          "CROSS JOIN outbox o ON o.event = t.event CROSS JOIN event e ON e.id = t.event "
          "WHERE t.person > ?1 AND t.person <= ?2 AND NOT o.folded "
          "ORDER BY t.person, t.event"
      ),
      rows_(
          database,
          "SELECT person, row FROM roster_row WHERE source = ?3 AND person > ?1 "
          "AND person <= ?2"
      ) {}

std::optional<PersonId> KnownPeople::visit_slice(
    const KnownPeopleQuery& query, const PersonId& after, std::size_t people_max, const Visit& visit
) {
  const auto last = end_of_slice(after, people_max);
  auto open = on_the_way(after, last);
  const auto roster_rows = rows(query.source, after, last);
  const auto visit_newcomer = [&](const auto& newcomer) {
    KnownPerson known;
    known.id = newcomer.first;
    known.left = newcomer.second.leaves;
    const auto said = decode_patch(newcomer.second.attributes);
    known.in_scope = is_in_scope(values_of(said), query.scope);
    visit(known);
  };

  auto next_open = open.cbegin();
  auto next_row = roster_rows.cbegin();
  const auto visit_person = [&](Row row) {
    KnownPerson known;
    known.id = PersonId(row.text(0));
    while (next_open != open.cend() && next_open->first < known.id) visit_newcomer(*next_open++);
    while (next_row != roster_rows.cend() && next_row->first < known.id) ++next_row;
    const bool has_open = next_open != open.cend() && next_open->first == known.id;
    const bool has_row = next_row != roster_rows.cend() && next_row->first == known.id;
    known.left = has_open ? next_open->second.leaves : row.text(1) == "left";
    if (has_row && !has_open && !row.flag(2)) known.row = next_row->second;
    if (!query.scope.empty()) {
      known.in_scope = is_in_scope(decode_attributes(row.text(3)), query.scope);
    }
    if (has_open) ++next_open;
    visit(known);
  };
  each_up_to(last, people_, visit_person, after);
  while (next_open != open.cend()) visit_newcomer(*next_open++);
  return last;
}

// The end that comes first, so that no slice is longer than asked for in people or in events.
std::optional<PersonId> KnownPeople::end_of_slice(const PersonId& after, std::size_t people_max) {
  std::optional<PersonId> end;
  const auto consider = [&](Row row) {
    PersonId person(row.text(0));
    if (!end || person < *end) end = std::move(person);
  };
  nth_person_.first(consider, after, people_max - 1);
  nth_open_.first(consider, after, people_max - 1);
  return end;
}

// What a file has staged that is still being read is not said yet: a file that is read again after
// a crash must see what it saw the first time.
std::map<PersonId, KnownPeople::OnTheWay> KnownPeople::on_the_way(
    const PersonId& after, const std::optional<PersonId>& last
) {
  std::map<PersonId, OnTheWay> open;
  const auto keep_newest = [&](Row row) {
    if (!outbox_.is_open_lane(row.integer(1))) return;
    auto& newest = open.try_emplace(open.end(), PersonId(row.text(0)))->second;
    newest.leaves = row.integer(2) == 0;
    newest.attributes = row.text(3);
  };
  each_up_to(last, open_, keep_newest, after);
  return open;
}

std::map<PersonId, Key128> KnownPeople::rows(
    const std::string& source, const PersonId& after, const std::optional<PersonId>& last
) {
  std::map<PersonId, Key128> found;
  const auto keep = [&](Row row) {
    found.try_emplace(found.end(), PersonId(row.text(0)), row.key(1));
  };
  each_up_to(last, rows_, keep, after, source);
  return found;
}

}  // namespace rosterd::sqlite
