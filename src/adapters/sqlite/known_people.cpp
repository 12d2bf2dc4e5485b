#include "adapters/sqlite/known_people.hpp"

#include "adapters/sqlite/codec.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <string_view>
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

}  // namespace

KnownPeople::KnownPeople(const SQLite::Database& database, const Outbox& outbox)
    : outbox_(outbox),
      people_(
          database, "SELECT id, status, stale, attributes FROM person WHERE id > ?1 ORDER BY id"
      ),
      open_(
          database,
          "SELECT t.person, o.lane, o.priority, e.attributes, o.folded FROM temp.open_event t "
          "CROSS JOIN outbox o ON o.event = t.event CROSS JOIN event e ON e.id = t.event "
          "WHERE t.person > ?1 ORDER BY t.person, t.event"
      ),
      rows_(
          database,
          "SELECT person, row FROM roster_row WHERE source = ?2 AND person > ?1 ORDER BY person"
      ) {}

std::optional<PersonId> KnownPeople::visit_slice(
    const KnownPeopleQuery& query, const PersonId& after, std::size_t people_max, const Visit& visit
) {
  Cursor person(people_, {after.value});
  Cursor open(open_, {after.value});
  Cursor row(rows_, {after.value, query.source});
  KnownPerson known;
  std::size_t taken = 0;
  for (; (person || open) && taken < people_max; ++taken) {
    const bool is_person = person && (!open || person.text(0) <= open.text(0));
    known.id.value.assign(is_person ? person.text(0) : open.text(0));
    const std::string& id = known.id.value;
    known.row.reset();
    OnTheWay said;
    if (open && open.text(0) == id) said = take_events(open, id);
    taken += said.events;
    while (row && row.text(0) < id) row.advance();
    if (is_person) {
      known.left = said.any ? said.leaves : person.text(1) == "left";
      const bool agrees_with_row = row && row.text(0) == id && !said.any && person.integer(2) == 0;
      if (agrees_with_row) known.row = row.key(1);
      known.in_scope = query.scope.empty() ||
                       is_in_scope(decode_attributes(std::string(person.text(3))), query.scope);
      person.advance();
    } else if (said.any) {
      known.left = said.leaves;
      known.in_scope = is_in_scope(values_of(decode_patch(said.attributes)), query.scope);
    } else {
      continue;
    }
    visit(known);
  }
  if (!person && !open) return std::nullopt;
  return known.id;
}

// Passes over all events of that person; the newest says how it is. What a file has staged that is
// still being read is not said yet: a file that is read again after a crash must see what it saw
// the first time.
KnownPeople::OnTheWay KnownPeople::take_events(Cursor& open, const std::string& person) const {
  OnTheWay said;
  for (; open && open.text(0) == person; open.advance()) {
    ++said.events;
    const bool folded = open.integer(4) != 0;
    if (folded || !outbox_.is_open_lane(open.integer(1))) continue;
    said.any = true;
    said.leaves = open.integer(2) == 0;
    said.attributes.assign(open.text(3));
  }
  return said;
}

}  // namespace rosterd::sqlite
