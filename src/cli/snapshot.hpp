#pragma once

#include "rosterd/ports/intake_store.hpp"
#include "rosterd/ports/views.hpp"
#include "rosterd/ports/work_store.hpp"

#include <map>
#include <memory>
#include <vector>

namespace rosterd::cli {

/// The store as it is now, for dry runs: read once, also while the daemon runs, and unable to
/// write.
class Snapshot : public Links, public IntakeStore {
 public:
  /// `views` may be null: there is no store yet, so nobody is known.
  explicit Snapshot(Views* views);

  const std::vector<WorkPerson>& people() const { return people_; }

  /// Events that are accepted and not folded into their person's record yet, by arrival.
  std::vector<ChangeEvent> open_events() const;

  Task<std::map<AccountId, PersonId>> owners_of(std::vector<AccountId> accounts) override;
  Task<std::optional<WorkPerson>> person(PersonId id) override;

  Task<Intake> begin(std::string, std::string, Digest, Instant) override;
  Task<std::optional<Intake>> last_accepted(std::string source) override;
  Task<Key128> row_key() override;
  Task<void> known_people(KnownPeopleQuery query, std::function<void(const KnownPerson&)> visit)
      override;
  Task<std::map<std::string, PersonId>> holders_of_email(std::vector<std::string> emails) override;
  Task<std::vector<Acceptance>> stage(std::int64_t, std::vector<StagedRow>) override;
  Task<void> finish(Intake) override;
  Task<std::vector<Intake>> unfinished() override;

 private:
  Views* views_;
  std::vector<WorkPerson> people_;
  std::map<AccountId, PersonId> owners_;
};

}  // namespace rosterd::cli
