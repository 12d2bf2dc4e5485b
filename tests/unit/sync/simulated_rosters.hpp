#pragma once

#include "rosterd/ingest/file_intake.hpp"
#include "support/memory_intake_store.hpp"
#include "support/memory_work_store.hpp"
#include "support/temp_store.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::test {

/// A drop of rosters: real files, taken in by the real `FileIntake`, for a work store in memory.
class SimulatedRosters {
 public:
  SimulatedRosters();

  struct Row {
    std::string id;
    std::string email;
    std::string department;
    std::string location;
  };

  /// Takes in a file of these rows, and hands over what is accepted. With `crash_after`, it breaks
  /// off by an exception once so many events are staged; the file is still there.
  ingest::IntakeReport take(
      const std::vector<Row>& rows,
      const ingest::FileIntake::Parts& with,
      const MemoryWorkStore& known,
      std::optional<std::size_t> crash_after
  );
  /// The last file again, as after a restart.
  ingest::IntakeReport take_again(
      const ingest::FileIntake::Parts& with, const MemoryWorkStore& known
  );

  /// Somebody else has spoken about this person.
  void forget_row(const std::string& person) { store_.people[person].rows.clear(); }

  IntakeStore& store() { return store_; }
  std::vector<ChangeEvent> accepted();  ///< since the last call

 private:
  void know(const MemoryWorkStore& known);

  TempFolder folder_;
  DropConfig config_;
  MemoryIntakeStore store_;
};

}  // namespace rosterd::test
