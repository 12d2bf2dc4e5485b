#include "simulated_rosters.hpp"

#include "support/run.hpp"

#include <fstream>
#include <utility>

namespace rosterd::test {

SimulatedRosters::SimulatedRosters() {
  config_.name = "hr";
  config_.key = "id";
  config_.time_zone = "Europe/Berlin";
  for (const char* attribute : {"email", "department", "location"}) {
    ColumnConfig column;
    column.column = column.attribute = attribute;
    config_.columns.push_back(std::move(column));
  }
}

ingest::IntakeReport SimulatedRosters::take(
    const std::vector<Row>& rows,
    const ingest::FileIntake::Parts& with,
    const MemoryWorkStore& known,
    std::optional<std::size_t> crash_after
) {
  {
    std::ofstream file(folder_.path() / "roster.csv", std::ios::binary);
    file << "id,email,department,location\r\n";
    for (const Row& row : rows) {
      file << row.id << "," << row.email << "," << row.department << "," << row.location << "\r\n";
    }
  }
  store_.crash_after_rows = crash_after;
  return take_again(with, known);
}

ingest::IntakeReport SimulatedRosters::take_again(
    const ingest::FileIntake::Parts& with, const MemoryWorkStore& known
) {
  know(known);
  ingest::FileIntake intake(with);
  // Whoever takes it again does not break off again.
  struct Whole {
    explicit Whole(std::optional<std::size_t>& crash_after) : crash(crash_after) {}
    ~Whole() { crash.reset(); }
    std::optional<std::size_t>& crash;
  } const next_time(store_.crash_after_rows);
  return run(intake.run(config_, folder_.path() / "roster.csv", {}));
}

void SimulatedRosters::know(const MemoryWorkStore& known) {
  for (const auto& [id, person] : known.people) {
    store_.people[id.value].attributes = person.record.attributes;
  }
}

std::vector<ChangeEvent> SimulatedRosters::accepted() {
  std::vector<ChangeEvent> events;
  for (NewEvent& kept : std::exchange(store_.accepted, {})) events.push_back(std::move(kept.event));
  return events;
}

}  // namespace rosterd::test
