#pragma once

#include "rosterd/domain/policy.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/views.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::cli {

/// What is still kept about one person, from which an earlier moment is told.
struct KeptHistory {
  PersonRow now;
  std::vector<EventRow> events;             ///< in any order
  std::vector<OperationRecord> operations;  ///< in any order
};

struct HistoryRules {
  const Policy& policy;  ///< of now: those of earlier days are not asked
  const TimeZones& zones;
  Instant now{};
  WorkStore::Retention retention = {};
};

/// How the attributes of an earlier moment are known.
enum class Recollection {
  unknown_then,  ///< rosterd had not heard of the person yet
  as_now,        ///< nothing about the person has changed since
  whole,         ///< every event since the person was first seen is kept
  in_part,       ///< older events have been deleted: as far as the kept ones tell
};

/// Whether an assignment was there, and what tells.
struct AssignmentThen {
  enum class Presence { there, not_there, not_known };

  AccountId account;
  EntitlementRef entitlement;
  EntitlementName name;
  Presence presence = Presence::not_known;
  std::string evidence;  ///< for people: `granted (rule engineers), verified 2026-03-01T09:00:00Z`
};

/// A person at an earlier moment.
struct PersonThen {
  PersonId id;
  Instant at{};
  Recollection recollection = Recollection::unknown_then;
  Attributes attributes;
  std::map<std::string, EventId, std::less<>> set_by;  ///< the event that spoke about it, if any
  /// Attributes about which a later event spoke, and nobody knows any more what was said before.
  std::vector<std::string> forgotten;
  std::optional<Lifecycle> lifecycle;       ///< nothing: it cannot be told
  std::vector<AssignmentThen> assignments;  ///< by entitlement, then account
  std::vector<std::string> caveats;         ///< sentences on what cannot be known any more
};

/// The record is folded anew from the kept events that had been received and were in effect, on
/// what is known to be older; of an assignment the last operation that was verified by then
/// decides, else the first one after, else the ledger. Pure.
PersonThen person_at(const KeptHistory& kept, const HistoryRules& rules, Instant at);

/// The event that spoke last about an attribute, as far as the record tells; null: none is known.
const Stamp* last_word_on(const PersonRecord& record, std::string_view name);

std::string_view name_of(Recollection recollection);
std::string_view name_of(AssignmentThen::Presence presence);

}  // namespace rosterd::cli
