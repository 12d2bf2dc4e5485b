#include "rosterd/domain/fold.hpp"

#include "rosterd/base/assert.hpp"

namespace rosterd {

namespace {

using Patched = std::optional<AttributeValue>;

/// Sets or clears one attribute unless a newer event has spoken about it.
void apply(
    PersonRecord& record, const std::string& name, const Patched& value, const Stamp& stamp
) {
  const auto spoken = record.stamps.find(name);
  if (spoken != record.stamps.end() && precedes(stamp, spoken->second)) return;
  record.stamps[name] = stamp;
  if (value) {
    record.attributes[name] = *value;
  } else {
    record.attributes.erase(name);
  }
}

/// Makes `stamp` the floor: what is older and not named by `event` is gone.
void clear_unnamed(PersonRecord& record, const ChangeEvent& event, const Stamp& stamp) {
  std::erase_if(record.attributes, [&](const auto& entry) {
    if (entry.first == attribute::status || event.attributes.contains(entry.first)) return false;
    const auto spoken = record.stamps.find(entry.first);
    return spoken == record.stamps.end() || !precedes(stamp, spoken->second);
  });
}

/// Stamps that the floor implies are dropped, so that a record does not grow with its history. The
/// status keeps its own, because a full event that does not name it says nothing about it.
void raise_floor(PersonRecord& record, const Stamp& stamp) {
  record.floor = stamp;
  std::erase_if(record.stamps, [&](const auto& entry) {
    return entry.first != attribute::status && !precedes(stamp, entry.second);
  });
}

void merge_attributes(PersonRecord& record, const ChangeEvent& event, const Stamp& stamp) {
  if (record.floor && precedes(stamp, *record.floor)) return;
  const bool full = event.mode == ChangeMode::full;
  if (full) clear_unnamed(record, event, stamp);
  for (const auto& [name, value] : event.attributes) {
    if (name != attribute::status) apply(record, name, value, stamp);
  }
  if (full) raise_floor(record, stamp);
}

bool is_left(const Patched& status) {
  return status && to_text(*status) == "left";
}

/// Whether what is said about the status loses against what is known. Of staying and leaving, the
/// leave wins in doubt.
bool loses(const Stamp& stamp, bool leaves, const Stamp& known, bool has_left) {
  if (leaves == has_left) return precedes(stamp, known);
  const bool said_earlier = said_before(stamp, known);
  const bool effective_earlier = precedes(stamp, known);
  return leaves ? said_earlier && effective_earlier : said_earlier || effective_earlier;
}

void apply_status(PersonRecord& record, const Patched& value, const Stamp& stamp) {
  const std::string name(attribute::status);
  const auto spoken = record.stamps.find(name);
  const auto known = record.attributes.find(name);
  if (spoken != record.stamps.end()) {
    const bool has_left = known != record.attributes.end() && is_left(known->second);
    if (loses(stamp, is_left(value), spoken->second, has_left)) return;
  }
  record.stamps[name] = stamp;
  if (value) {
    record.attributes[name] = *value;
  } else {
    record.attributes.erase(name);
  }
}

void merge_status(PersonRecord& record, const ChangeEvent& event, const Stamp& stamp) {
  const std::string status(attribute::status);
  const auto named = event.attributes.find(attribute::status);
  if (event.type == ChangeType::left) {
    apply_status(record, Patched{std::string("left")}, stamp);
  } else if (named != event.attributes.end()) {
    apply_status(record, named->second, stamp);
  }
  // Not stamped: whatever event names a status, however old, knows better than this default.
  record.attributes.try_emplace(status, std::string("active"));
}

FoldEffect fold_notice(PersonRecord& record, const Stamp& stamp, bool is_new) {
  if (!is_new && precedes(stamp, record.newest)) return FoldEffect::superseded;
  record.stale = true;
  record.newest = stamp;
  return FoldEffect::noticed;
}

}  // namespace

FoldEffect fold(
    PersonRecord& record,
    const ChangeEvent& event,
    EventId arrival,
    Instant now,
    std::optional<Instant> effective_at
) {
  ROSTERD_ASSERT(event.type != ChangeType::unknown, "an event of unknown type says nothing");
  // Whatever was folded in before left a status or a notice behind.
  const bool is_new = record.attributes.empty() && !record.stale;
  if (is_new) {
    if (record.id.value.empty()) record.id = event.person;
    record.first_seen = now;
    record.changed_at = now;
  }
  ROSTERD_ASSERT(record.id == event.person, "an event is folded into its own person");

  const Stamp stamp = stamp_of(event, arrival, effective_at);
  if (event.type == ChangeType::notice) return fold_notice(record, stamp, is_new);

  const PersonRecord before = record;
  merge_attributes(record, event, stamp);
  merge_status(record, event, stamp);

  const bool counts = record.attributes != before.attributes || record.floor != before.floor ||
                      record.stamps != before.stamps;
  const bool strictly_older = !is_new && order(stamp, record.newest) < 0;
  if (strictly_older && !counts) return FoldEffect::superseded;

  if (is_new || !precedes(stamp, record.newest)) {
    record.newest = stamp;
    record.stale = false;
  }
  if (!is_new && record.attributes == before.attributes) return FoldEffect::unchanged;
  record.changed_at = now;
  return FoldEffect::changed;
}

}  // namespace rosterd
