#include "adapters/sqlite/known_people.hpp"

#include "adapters/sqlite/codec.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <initializer_list>
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

// Mostly there are two or three; who writes what they like there gets the whole table read.
constexpr std::size_t statuses_max = 16;

/// Cursors that begin with a person's id, as one in the order of ids.
class InOrder {
 public:
  explicit InOrder(std::vector<std::unique_ptr<Cursor>> cursors) : cursors_(std::move(cursors)) {
    choose();
  }

  explicit operator bool() const { return first_ != nullptr; }
  const Cursor& row() const { return *first_; }
  std::string_view id() const { return id_; }
  void advance() {
    first_->advance();
    choose();
  }

 private:
  void choose() {
    first_ = nullptr;
    for (const auto& cursor : cursors_) {
      if (!*cursor) continue;
      const std::string_view id = cursor->text(0);
      if (first_ != nullptr && id_ <= id) continue;
      first_ = cursor.get();
      id_ = id;
    }
  }

  std::vector<std::unique_ptr<Cursor>> cursors_;
  Cursor* first_ = nullptr;
  std::string_view id_;
};

}  // namespace

KnownPeople::KnownPeople(const SQLite::Database& database, const Outbox& outbox)
    : database_(database),
      outbox_(outbox),
      first_status_(database, "SELECT status FROM person ORDER BY status LIMIT 1"),
      next_status_(database, "SELECT status FROM person WHERE status > ? ORDER BY status LIMIT 1"),
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
  InOrder person(people_after(after, !query.scope.empty()));
  Cursor open(open_, {after.value});
  Cursor row(rows_, {after.value, query.source});
  KnownPerson known;
  std::size_t taken = 0;
  for (; (person || open) && taken < people_max; ++taken) {
    const bool is_person = person && (!open || person.id() <= open.text(0));
    known.id.value.assign(is_person ? person.id() : open.text(0));
    const std::string& id = known.id.value;
    known.row.reset();
    OnTheWay said;
    if (open && open.text(0) == id) said = take_events(open, id);
    taken += said.events;
    while (row && row.text(0) < id) row.advance();
    if (is_person) {
      const bool stale = person.row().integer(2) != 0;
      known.left = said.any ? said.leaves : person.row().text(1) == "left";
      const bool agrees_with_row = row && row.text(0) == id && !said.any && !stale;
      if (agrees_with_row) known.row = row.key(1);
      known.in_scope =
          query.scope.empty() ||
          is_in_scope(decode_attributes(std::string(person.row().text(3))), query.scope);
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

KnownPeople::Cursors KnownPeople::people_after(const PersonId& after, bool with_attributes) {
  Cursors cursors;
  if (!with_attributes && by_status(after, cursors)) return cursors;
  cursors.clear();
  cursors.push_back(
      std::make_unique<Cursor>(people_, std::initializer_list{std::string_view(after.value)})
  );
  return cursors;
}

KnownPeople::OfStatus::OfStatus(const SQLite::Database& database)
    : fresh(
          database,
          "SELECT id, status, stale FROM person INDEXED BY person_status "
          "WHERE status = ? AND stale = 0 AND id > ? ORDER BY id"
      ),
      stale(
          database,
          "SELECT id, status, stale FROM person INDEXED BY person_status "
          "WHERE status = ? AND stale = 1 AND id > ? ORDER BY id"
      ) {}

// False when there are too many.
bool KnownPeople::by_status(const PersonId& after, Cursors& cursors) {
  std::string status;
  const auto take = [&](Row row) { status = row.text(0); };
  bool found = first_status_.first(take);
  for (std::size_t i = 0; found; ++i) {
    if (i == statuses_max) return false;
    if (i == of_status_.size()) of_status_.push_back(std::make_unique<OfStatus>(database_));
    OfStatus& of = *of_status_[i];
    of.status = status;
    const std::initializer_list<std::string_view> bound = {of.status, after.value};
    cursors.push_back(std::make_unique<Cursor>(of.fresh, bound));
    cursors.push_back(std::make_unique<Cursor>(of.stale, bound));
    found = next_status_.first(take, of.status);
  }
  return true;
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
