#pragma once

#include "ingest/kept_rows.hpp"
#include "ingest/people_table.hpp"
#include "rosterd/ingest/file_intake.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rosterd::ingest {

/// What goes through all rows of a file once. `flush` may wait for the store, and is called when
/// `full` says so and at the end.
class RowPass {
 public:
  virtual ~RowPass() = default;
  virtual void take(const CsvRow& row) = 0;
  virtual void take_bad(const CsvProblem& problem, const CsvRow& row) = 0;
  virtual bool full() const = 0;
  virtual Task<void> flush() = 0;
};

/// Where finished events go: the store, or a list. Gives what each row is there.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual Task<std::vector<Acceptance>> put(std::vector<IntakeStore::StagedRow> rows) = 0;
};

/// What the passes share.
struct IntakeContext {
  const DropConfig& config;
  const std::optional<RowMapper>& mapper;  ///< there as soon as the header was read
  const Crypto& crypto;
  const Key128& row_key;
  PeopleTable& people;
  KeptRows& kept;
  Intake& intake;
  bool roster = true;
  Instant as_of{};  ///< what the file says was so then: the `occurred_at` of its rows
};

/// Counts a row that is wrong, and reports it if there is room.
void fail_row(IntakeReport& report, std::size_t problems_max, RowProblem problem);

/// The hash by which a row is recognised as the one before.
Key128 row_hash(const IntakeContext& context, const MappedRow& row, std::string& scratch);

/// Ids that a changes file brings itself: the first row of each counts.
class RowIds {
 public:
  explicit RowIds(const Crypto& crypto) : crypto_(crypto) {}

  struct First {
    std::uint64_t line = 0;
    Key128 content;
  };
  /// The first row with that id, which may be this one.
  const First& first(std::string_view id, std::uint64_t line, const Key128& content);

 private:
  const Crypto& crypto_;
  std::unordered_map<Key128, First> firsts_;
};

/// Looks at every row, changes nothing: fills the table of people, the counts and the report, and
/// keeps the rows that there may be events of.
class CheckPass final : public RowPass {
 public:
  CheckPass(IntakeContext context, IntakeStore& store, IntakeReport& report)
      : context_(context), store_(store), report_(report), ids_(context.crypto) {}

  void take(const CsvRow& row) override;
  void take_bad(const CsvProblem& problem, const CsvRow& row) override;
  bool full() const override { return emails_.size() >= emails_max; }
  Task<void> flush() override;

  /// Once all rows were taken: who is quarantined, and what the others' rows say.
  void conclude();

 private:
  static constexpr std::size_t emails_max = 2000;
  static constexpr std::size_t lines_shown_max = 100;

  struct NewEmail {
    std::string email;  ///< in lower case
    std::uint32_t place = 0;
  };

  void take_key(std::string_view key, std::uint64_t line);
  void map_row(const CsvRow& row);
  void check_id(const CsvRow& row);
  void remember_email();
  void fail(RowProblem problem);
  void quarantine(std::uint32_t place, std::string reason);
  void conclude_person(const PeopleTable::Entry& entry);

  IntakeContext context_;
  IntakeStore& store_;
  IntakeReport& report_;
  RowIds ids_;
  MappedRow mapped_;
  std::vector<RowProblem> row_problems_;
  std::string scratch_;
  std::uint32_t place_ = 0;  ///< of the row's person
  std::vector<NewEmail> emails_;
  std::unordered_map<std::size_t, std::uint32_t> new_email_owners_;  ///< by hash of the address
  std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> repeated_lines_;
  std::unordered_map<std::uint32_t, std::string> conflicts_;
};

/// Makes events of the rows that the check let through, and reports those whose id the store knows
/// from another event.
class EventPass final : public RowPass {
 public:
  EventPass(IntakeContext context, EventSink& sink, IntakeReport& report)
      : context_(context), sink_(sink), report_(report), ids_(context.crypto) {}

  void take(const CsvRow& row) override;
  void take_bad(const CsvProblem&, const CsvRow&) override {}
  bool full() const override { return batch_.size() >= batch_max; }
  Task<void> flush() override;

  /// Ends somebody who is no longer in the roster.
  void take_gone(std::string_view person);

 private:
  static constexpr std::size_t batch_max = 2000;

  /// Where an event of the batch came from.
  struct Origin {
    std::uint64_t line = 0;  ///< 0: it is of nobody's row
    std::string id;          ///< of the file
    ChangeType type = ChangeType::changed;
    bool known = false;  ///< the person was, before the file
  };

  void emit(ChangeEvent event, std::optional<Key128> row, Origin origin);
  void count(ChangeType type, bool known);
  void report_conflict(const Origin& origin);

  IntakeContext context_;
  EventSink& sink_;
  IntakeReport& report_;
  RowIds ids_;
  MappedRow mapped_;
  std::vector<RowProblem> ignored_;
  std::string scratch_;
  std::vector<IntakeStore::StagedRow> batch_;
  std::vector<Origin> origins_;  ///< of the batch, one for each event
};

}  // namespace rosterd::ingest
