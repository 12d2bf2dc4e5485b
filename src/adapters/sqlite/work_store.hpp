#pragma once

#include "adapters/sqlite/tables.hpp"
#include "adapters/sqlite/writer.hpp"
#include "rosterd/ports/work_store.hpp"

namespace rosterd::sqlite {

class SqliteWorkStore : public WorkStore {
 public:
  SqliteWorkStore(Writer& writer, Tables& tables) : writer_(writer), tables_(tables) {}

  Task<Recovery> recover(Instant now, std::optional<int> crashes_max) override;
  Task<Work> take_due(Instant now, Limits limits) override;
  Task<bool> leaver_is_waiting(Instant now) override;
  Task<void> settle(Settlement settlement) override;
  Task<std::optional<Instant>> next_due_at(Instant now) override;
  Task<std::map<AccountId, PersonId>> owners_of(std::vector<AccountId> accounts) override;
  Task<bool> use_policy(std::string version, std::string text, Instant now) override;
  Task<std::vector<WorkPerson>> people_after(PersonId after, std::size_t people_max) override;
  Task<std::optional<WorkPerson>> person(PersonId id) override;
  Task<GuardState> guard_state(Instant now, Duration window) override;
  Task<std::vector<LeaverAccount>> leavers_to_check(std::size_t max) override;
  Task<std::vector<DriftRow>> drift() override;
  Task<std::size_t> prune(Instant now, Retention retention, std::size_t rows_max) override;

 private:
  Recovery recover_now(Transaction& transaction, Instant now, std::optional<int> crashes_max);
  bool use_policy_now(
      Transaction& transaction, const std::string& version, const std::string& text, Instant now
  );
  Task<std::vector<WorkPerson>> load(std::vector<PersonId> people);

  Writer& writer_;
  Tables& tables_;
};

}  // namespace rosterd::sqlite
