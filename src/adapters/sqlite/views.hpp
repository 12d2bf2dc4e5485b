#pragma once

#include "rosterd/ports/views.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

namespace rosterd::sqlite {

class SqliteViews : public Views {
 public:
  explicit SqliteViews(const std::filesystem::path& path);

  StatusView status() override;
  std::vector<EventRow> events(const EventSelection& selection, std::size_t limit) override;
  std::uint64_t count(const EventSelection& selection) override;
  std::optional<EventRow> event(EventId id) override;
  std::string payload(EventId id) override;
  std::vector<AttemptRow> attempts(EventId id) override;
  std::vector<OperationRecord> operations_of(const PersonId& person, std::size_t limit) override;
  std::optional<PersonRow> person(const PersonId& id) override;
  std::vector<PersonRow> people(const std::string& search, const PersonId& after, std::size_t limit)
      override;
  std::vector<Intake> intakes(std::size_t limit) override;
  std::vector<Hold> holds(bool also_over, std::size_t limit) override;
  GuardState guard_state(Instant now, Duration window) override;
  std::vector<DriftRow> drift() override;
  std::vector<ResidualRow> residual(const std::optional<PersonId>& person) override;
  void audit(
      std::optional<Instant> from,
      std::optional<Instant> to,
      const std::function<void(const AuditRow&)>& visit
  ) override;
  AuditAnchor audit_anchor() override;

 private:
  void count_events(StatusView& status);
  std::optional<EventId> oldest_open();
  void count_people(StatusView& status);
  void add_safety(StatusView& status);
  void add_accounts_and_ledger(PersonRow& person);

  SQLite::Database database_;
};

}  // namespace rosterd::sqlite
