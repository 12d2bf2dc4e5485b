#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/base/task.hpp"
#include "rosterd/domain/person.hpp"
#include "rosterd/ports/event_log.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd {

enum class IntakeState {
  reading,   ///< its events are staged, and not due
  done,      ///< its events are in the outbox
  rejected,  ///< as a whole; nothing of it was kept
  held,      ///< looks incomplete: waits for a person
  repeated,  ///< the same bytes as the last accepted file: nothing to do
};

std::string_view to_string(IntakeState state);
std::optional<IntakeState> intake_state(std::string_view text);

/// One file, from the moment it was taken.
struct Intake {
  std::int64_t id = 0;
  std::string source;     ///< the drop's name
  std::string file_name;  ///< without folder
  Digest sha256{};
  IntakeState state = IntakeState::reading;
  Instant taken_at{};  ///< the same after a crash
  std::optional<Instant> finished_at;
  std::uint64_t rows = 0;
  std::uint64_t rows_failed = 0;
  std::uint64_t people = 0;       ///< different keys
  std::uint64_t quarantined = 0;  ///< keys that were there more than once
  std::uint64_t joined = 0, changed = 0, left = 0, unchanged = 0;
  std::string reason;  ///< why it was rejected or held, or what was reported
};

/// What a roster needs to know of one person in the store.
struct KnownPerson {
  PersonId id;
  /// Of the row that the record last agreed with, for this source; nothing: must be compared by
  /// sending an event (never seen in this source, changed by another one since, or events open).
  std::optional<Key128> row;
  bool left = false;
  bool in_scope = true;  ///< by the attributes given in `KnownPeopleQuery::scope`
};

struct KnownPeopleQuery {
  std::string source;
  AttributePatch scope;  ///< attribute → value that a person in scope has; empty: everybody
};

/// What file ingest needs of the store. Called on the loop; each call is one transaction.
class IntakeStore {
 public:
  virtual ~IntakeStore() = default;

  /// Starts an intake, or goes on with the one that a crash left `reading` (the same source and
  /// bytes): then `taken_at` is that of the first start.
  virtual Task<Intake> begin(
      std::string source, std::string file_name, Digest sha256, Instant now
  ) = 0;

  /// The last file of this source that was accepted, if any.
  virtual Task<std::optional<Intake>> last_accepted(std::string source) = 0;

  /// The secret that rows of rosters are hashed with; always the same of one store.
  virtual Task<Key128> row_key() = 0;

  /// Streams everybody known, each once, in ordered passes; `visit` runs on the store's thread,
  /// must be quick, and must not call the store.
  virtual Task<void> known_people(
      KnownPeopleQuery query, std::function<void(const KnownPerson&)> visit
  ) = 0;

  /// Who of the people known has one of these e-mail addresses (ignoring case): address in lower
  /// case → person. For finding an address that moves to a person with another key.
  virtual Task<std::map<std::string, PersonId>> holders_of_email(std::vector<std::string> emails
  ) = 0;

  /// Keeps events of the intake, staged. Like `EventLog::accept`, without the outbox limit, but
  /// that a conflict keeps only its own row out. Gives what each row is.
  struct StagedRow {
    NewEvent event;
    std::optional<Key128> row;  ///< remembered as the row the person agrees with
  };
  virtual Task<std::vector<Acceptance>> stage(std::int64_t intake, std::vector<StagedRow> rows) = 0;

  /// Ends the intake in one transaction: done makes its events due; rejected and held drop them.
  virtual Task<void> finish(Intake intake) = 0;

  /// Intakes that a crash left `reading`.
  virtual Task<std::vector<Intake>> unfinished() = 0;
};

}  // namespace rosterd
