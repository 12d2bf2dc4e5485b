#include "disk_fixture.hpp"

namespace rosterd::test {
namespace {

const std::vector<std::string>& tables() {
  static const std::vector<std::string> names = {
      "event",          "event_payload",  "event_key",
      "outbox",         "outbox_count",   "attempt",
      "person",         "roster_row",     "link",
      "ledger",         "operation",      "intake",
      "policy_version", "hold",           "hold_removal",
      "removal",        "leaver_check",   "residual",
      "drift",          "reconciliation", "storage_reading",
      "audit",          "audit_anchor",   "schema_migrations"};
  return names;
}

std::string rows_of(SQLite::Database& database, const std::string& table) {
  SQLite::Statement columns(database, "SELECT name FROM pragma_table_info(?)");
  columns.bind(1, table);
  std::string values = "''";
  while (columns.executeStep()) {
    values += " || ' ' || quote(\"" + columns.getColumn(0).getString() + "\")";
  }
  SQLite::Statement all(database, "SELECT " + values + " AS told FROM " + table + " ORDER BY told");
  std::string text = table + "\n";
  while (all.executeStep()) text += " " + all.getColumn(0).getString() + "\n";
  return text;
}

SQLite::Database opened(const std::filesystem::path& path) {
  return {path.string(), SQLite::OPEN_READONLY};
}

}  // namespace

void DiskTest::sweep(DiskPlan plan, Leftovers leftovers, std::uint64_t seed) {
  leftovers_ = leftovers;
  seed_ = seed;
  const auto steps = history();
  remember(steps);
  int struck = 0;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    for (plan.at = 1; fails(steps, step, plan) && !HasFailure(); ++plan.at) ++struck;
  }
  EXPECT_GT(struck, 100);
}

// Whether there was an operation to fail at.
bool DiskTest::fails(const std::vector<Step>& steps, std::size_t step, const DiskPlan& plan) {
  begin_before(steps, step);
  disk.plan(plan);
  std::string error;
  try {
    steps[step].act();
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  const auto struck = disk.struck();
  if (!struck) {
    disk.plan({});
    return false;
  }
  SCOPED_TRACE(
      testing::Message() << steps[step].name << ": " << plan << ", seed " << seed_ << ": "
                         << *struck << "; " << error
  );
  const bool acknowledged = error.empty();
  if (!acknowledged && plan.fault == DiskFault::io_error) expect_refusing(steps[step]);
  temp.close();
  disk.power_on(leftovers_, seed_);
  temp.open();
  expect_whole_or_absent(steps, step, acknowledged);
  return true;
}

// Nobody knows what the disk holds.
void DiskTest::expect_refusing(const Step& failed) {
  if (failed.restarts) return;
  EXPECT_ANY_THROW(temp.run(temp.work().leaver_is_waiting(now)));
  EXPECT_ANY_THROW(accept(events({{.person = "eve", .id = "late"}})));
}

void DiskTest::expect_whole_or_absent(
    const std::vector<Step>& steps, std::size_t step, bool acknowledged
) {
  const std::string found = contents();
  const bool is_whole = found == contents_before(step + 1);
  if (acknowledged || found != contents_before(step)) {
    EXPECT_TRUE(is_whole) << found << "\nis not\n" << contents_before(step + 1);
  }
  if (!is_whole) steps[step].act();
  EXPECT_EQ(contents(), contents_before(step + 1));
  EXPECT_EQ(faults(), "");
}

void DiskTest::remember(const std::vector<Step>& steps) {
  for (std::size_t step = 0;; ++step) {
    temp.reopen();
    recorded_.push_back(contents());
    shapes_.push_back(shape());
    temp.close();
    std::filesystem::copy_file(temp.path(), store_before(step));
    temp.open();
    if (step == steps.size()) return;
    steps[step].act();
  }
}

void DiskTest::remove_store() {
  temp.close();
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(temp.path().string() + suffix);
  }
  disk.forget();
  disk.plan({});
}

void DiskTest::begin_before(const std::vector<Step>& steps, std::size_t step) {
  remove_store();
  const std::size_t first = step == 0 ? 0 : step - 1;
  std::filesystem::copy_file(store_before(first), temp.path());
  now = nine;
  temp.open();
  if (first < step) steps[first].act();
}

std::string DiskTest::contents() const {
  SQLite::Database database = opened(temp.path());
  std::string text;
  for (const std::string& table : tables()) text += rows_of(database, table);
  return text;
}

std::string DiskTest::shape() const {
  SQLite::Database database = opened(temp.path());
  std::string text;
  for (const std::string& table : tables()) {
    text += table + " " + database.execAndGet("SELECT count(*) FROM " + table).getString() + "\n";
  }
  return text + rows_of(database, "outbox_count");
}

std::string DiskTest::faults() const {
  SQLite::Database database = opened(temp.path());
  std::string text = database.execAndGet("PRAGMA integrity_check").getString();
  if (text == "ok") text.clear();
  if (first_broken()) text += " the audit's chain is broken at " + std::to_string(*first_broken());
  const int wrong_counts = database
                               .execAndGet(
                                   "SELECT count(*) FROM outbox_count c WHERE c.events <> (SELECT "
                                   "count(*) FROM outbox o "
                                   "WHERE o.state = c.state AND o.from_file = c.from_file)"
                               )
                               .getInt();
  if (wrong_counts > 0) text += " the sums of the outbox are wrong";
  const int twice = database
                        .execAndGet(
                            "SELECT count(*) FROM (SELECT 1 FROM outbox JOIN event e ON e.id = "
                            "event WHERE replay_of IS NULL "
                            "GROUP BY source, external_id HAVING count(*) > 1)"
                        )
                        .getInt();
  if (twice > 0) text += " an event is there twice";
  return text;
}

WorkStore::Retention DiskTest::half_a_year() const {
  WorkStore::Retention retention;
  retention.operations = 24h * 180;
  return retention;
}

void DiskTest::settle_first_round() {
  Settlement settlement;
  settlement.events = {became(1, EventState::applied), retries(2, 2s)};
  settlement.people = {record("ada", 1), record("bob", 2)};
  settlement.next_due[PersonId("ada")] = now + 24h * 30;
  settlement.links[PersonId("ada")] = {AccountId("auth0|ada")};
  settlement.granted = {ledger_entry("ada", "Engineering"), ledger_entry("ada", "Staff")};
  settlement.granted.front().adopted = true;
  settlement.operations = {operation(Operation::Kind::add_members, 204, true)};
  settle(std::move(settlement));
}

void DiskTest::import_roster() {
  Intake intake = temp.run(temp.intake().unfinished()).at(0);
  intake.state = IntakeState::done;
  intake.rows = 2;
  intake.finished_at = now;
  temp.run(temp.intake().finish(std::move(intake)));
}

void DiskTest::hold_the_leaver() {
  Settlement settlement;
  settlement.events = {became(3, EventState::applied), became(4, EventState::applied)};
  settlement.events.push_back(became(5, EventState::held));
  settlement.people = {record("ada", 5), record("cyd", 3), record("dee", 4)};
  settlement.holds = {hold({held_of_leaver("ada", "Staff")})};
  settlement.removals = {removal("ada", "Engineering")};
  settle(std::move(settlement));
}

void DiskTest::approve() {
  Settlement settlement;
  settlement.holds = {hold({held_of_leaver("ada", "Staff")})};
  settlement.holds[0].id = 1;
  settlement.holds[0].state = HoldState::approved;
  settlement.holds[0].decided_at = now;
  settlement.holds[0].decided_by = "olga";
  settlement.released = {PersonId("ada")};
  settlement.decided_by = "olga";
  settle(std::move(settlement));
}

void DiskTest::take_from_the_leaver() {
  Settlement settlement;
  settlement.events = {became(5, EventState::applied)};
  for (const char* group : {"Engineering", "Staff"}) {
    EntitlementRef entitlement;
    entitlement.id = EntitlementId(std::string(group) + "-id");
    settlement.revoked.emplace_back(AccountId("auth0|ada"), entitlement);
  }
  settlement.operations = {operation(Operation::Kind::remove_members, 204, true)};
  settlement.to_check.push_back({PersonId("ada"), AccountId("auth0|ada")});
  settle(std::move(settlement));
}

void DiskTest::finish_reconciliation() {
  Settlement settlement;
  DriftRow row;
  row.drift.account = AccountId("auth0|cyd");
  row.drift.person = PersonId("cyd");
  row.drift.entitlement.id = EntitlementId("Staff-id");
  row.first_seen = row.last_seen = now;
  settlement.drift = {row};
  settlement.reconciled.emplace().finished_at = now;
  settlement.storage = StorageReading{.bytes = 4711, .at = now};
  settle(std::move(settlement));
}

std::vector<DiskTest::Step> DiskTest::history() {
  const auto stage = [this] {
    const Intake intake = temp.run(temp.intake().unfinished()).at(0);
    std::vector<IntakeStore::StagedRow> rows;
    for (const char* person : {"cyd", "dee"}) {
      const std::string id = std::string("row-of-") + person;
      rows.push_back({event({.person = person, .id = id, .source = "drop"}), std::nullopt});
      rows.back().row = key128(digest_of(person));
    }
    temp.run(temp.intake().stage(intake.id, std::move(rows)));
  };
  const auto keep = [this](std::initializer_list<Given> given) {
    const auto result = accept(events(given));
    if (result.admission != Admission::admitted) throw std::runtime_error("not admitted");
  };
  const auto leave = [keep] { keep({{.person = "ada", .id = "e3", .type = ChangeType::left}}); };
  const auto accept_two = [keep] {
    keep({{.person = "ada", .id = "e1"}, {.person = "bob", .id = "e2"}});
  };
  const auto use = [this](const char* policy) {
    return [this, policy] { temp.run(temp.work().use_policy(policy, "the rules", now)); };
  };
  const auto restart = [this] {
    temp.store().close();
    temp.reopen();
  };
  const auto cancel = [this] {
    EventSelection selection;
    selection.ids = {2};
    temp.run(temp.control().cancel(std::move(selection), "not wanted", "olga", now));
  };
  const auto prune = [this] {
    now = nine + 24h * 400;
    temp.run(temp.work().prune(now, half_a_year(), all_of_them));
  };
  return {
      {"policy v1", use("v1")},
      {"accept ada and bob", accept_two},
      {"take them", [this] { take(); }},
      {"settle", [this] { settle_first_round(); }},
      {"begin the roster",
       [this] { temp.run(temp.intake().begin("drop", "r.csv", digest_of("r"), now)); }},
      {"stage the roster", stage},
      {"finish the roster", [this] { import_roster(); }},
      {"ada leaves", leave},
      {"take all", [this] { take(); }},
      {"hold", [this] { hold_the_leaver(); }},
      {"approve", [this] { approve(); }},
      {"restart", restart, true},
      {"take the leaver", [this] { take(); }},
      {"remove", [this] { take_from_the_leaver(); }},
      {"policy v2", use("v2")},
      {"reconcile", [this] { finish_reconciliation(); }},
      {"cancel", cancel},
      {"accept bob", [keep] { keep({{.person = "bob", .id = "e4"}}); }},
      {"prune", prune},
      {"restart again", restart, true},
  };
}

}  // namespace rosterd::test
