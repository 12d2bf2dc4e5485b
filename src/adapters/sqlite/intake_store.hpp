#pragma once

#include "adapters/sqlite/tables.hpp"
#include "adapters/sqlite/writer.hpp"
#include "rosterd/ports/intake_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::sqlite {

class SqliteIntakeStore : public IntakeStore {
 public:
  SqliteIntakeStore(Writer& writer, Tables& tables) : writer_(writer), tables_(tables) {}

  Task<Intake> begin(std::string source, std::string file_name, Digest sha256, Instant now)
      override;
  Task<std::optional<Intake>> last_accepted(std::string source) override;
  Task<Key128> row_key() override;
  Task<void> known_people(KnownPeopleQuery query, std::function<void(const KnownPerson&)> visit)
      override;
  Task<std::map<std::string, PersonId>> holders_of_email(std::vector<std::string> emails) override;
  Task<std::vector<Acceptance>> stage(std::int64_t intake, std::vector<StagedRow> rows) override;
  Task<void> finish(Intake intake) override;
  Task<std::vector<Intake>> unfinished() override;

 private:
  Intake begin_now(
      const std::string& source, const std::string& file_name, const Digest& sha256, Instant now
  );
  std::vector<Acceptance> stage_now(
      Transaction& transaction, std::int64_t intake, const std::vector<StagedRow>& rows
  );
  void finish_now(Transaction& transaction, const Intake& intake);
  void drop_events(Transaction& transaction, std::int64_t intake);

  Writer& writer_;
  Tables& tables_;
};

}  // namespace rosterd::sqlite
