#include "simulated_company.hpp"

#include <algorithm>
#include <utility>

namespace rosterd::test {

namespace {

constexpr std::size_t leavers_a_day = 3;
constexpr std::size_t removals_an_hour = 6;
constexpr int people_count = 14;
constexpr int steps_count = 60;
constexpr std::size_t story_max = 25;
const PersonId protected_person("p0");

std::string second_account(const std::string& person) {
  return person + "b";
}

}  // namespace

SimulatedCompany::SimulatedCompany(unsigned seed, std::optional<std::size_t> at_a_time)
    : random_(seed) {
  if (at_a_time) people_a_settlement = *at_a_time;
  calendar = &real_zones_;
  // Days before the clocks change in Berlin; in New York they have, or will a week later.
  clock.set(at(chance(50) ? "2026-03-29T01:00:00Z" : "2026-10-25T01:00:00Z"));
  clock.set(clock.now() - Duration{1min} * pick(0, 4 * 24 * 60));
  numbered_ = chance(50);
  policy.lifecycle.time_zone = "Europe/Berlin";
  guard.leavers = {leavers_a_day, 0.0, 24h};
  guard.removals = {removals_an_hour, 0.0, 1h};
  config.account_recheck = 10min;
  config.crashes_max = 1000;
  a_company();
  tenant.has_group("Canteen");
  rule("eaters", {{"location", "Berlin"}}, {"Canteen"});
  mode("Canteen", Mode::exact);
  mode("Sales", Mode::additive);
  policy.protected_things.people = {protected_person};
  if (chance(30)) policy.lifecycle.leaver = LifecycleSettings::Leaver::revoke_granted;
  if (chance(30)) storage_bytes_max = 20'000;
  policies_.push_back(policy.rules);
  policies_.push_back(policy.rules);
  policies_.back().at(1).when.children.front().test.values = {AttributeValue("Engineerign")};
  for (int i = 0; i < people_count; ++i) {
    people_.push_back("p" + std::to_string(i));
    const std::string& person = people_.back();
    tenant.has_user(person);
    tenant.has_user(second_account(person));
    hr_[person].email = person + "@example.com";
    Values values{{"department", any(departments_)}, {"location", "Berlin"}};
    if (chance(30)) values["time_zone"] = any({"America/New_York", "Pacific/Auckland"});
    hr_posts("joined", person, std::move(values));
  }
  guard.enabled = false;
  work();
  guard.enabled = true;
  start();
  store.before_settle = [this](const Settlement& settlement) { watch(settlement); };
  const auto cut = [this] {
    if (calls_to_power_cut_ > 0 && --calls_to_power_cut_ == 0) throw PowerCut();
  };
  tenant.on_call = [cut](Call call) {
    if (!mutates(call)) cut();
  };
  tenant.after_write = [cut](Call) { cut(); };
}

void SimulatedCompany::live() {
  while (steps_ < steps_count && !HasFailure()) step();
  if (HasFailure()) return;
  everything_calms_down();
  see_the_end();
}

std::string SimulatedCompany::last_steps() const {
  std::string text;
  for (const std::string& line : story_) text += "  " + line + "\n";
  return text;
}

void SimulatedCompany::told(const std::string& what) {
  story_.push_back(std::to_string(steps_) + " " + rosterd::to_string(clock.now()) + " " + what);
  if (story_.size() > story_max) story_.pop_front();
}

void SimulatedCompany::step() {
  ++steps_;
  randomness = FixedRandomness(pick(0, 999) / 1000.0);
  late_letters_arrive(false);
  something_happens(pick(1, 100));
  power_may_fail();
  guarded([this] { work(); });
  calls_to_power_cut_ = commits_to_power_cut_ = 0;
  // Whoever was cut off goes on: nothing may be left half-way for longer than that.
  guarded([this] { work(); });
  see_events();
  clock.advance(Duration{1s} * pick(1, 1800));
}

void SimulatedCompany::something_happens(int dice) {
  if (dice <= 42) {
    for (int i = pick(1, 4); i > 0; --i) hr_does_something();
  } else if (dice <= 45) {
    hr_loses_its_mind();
  } else if (dice <= 50) {
    guarded([this] { hr_drops_a_roster(); });
  } else if (dice <= 60) {
    somebody_edits_by_hand();
  } else if (dice <= 70) {
    guarded([this] { somebody_decides(); });
  } else if (dice <= 79) {
    told("reconciliation");
    power_may_fail();
    guarded([this] { run(loop, engine().reconcile(chance(80))); });
  } else if (dice <= 83) {
    policy.rules = policies_[static_cast<std::size_t>(pick(0, 1))];
    told("another policy");
    new_policy();
  } else if (dice <= 86) {
    told("restart");
    start();
  } else if (dice <= 92) {
    the_network_changes();
  } else {
    time_passes();
  }
}

void SimulatedCompany::power_may_fail() {
  if (chance(8)) commits_to_power_cut_ = pick(1, 6);
  if (chance(8)) calls_to_power_cut_ = pick(1, 8);
}

void SimulatedCompany::hr_posts(
    const std::string& what, const std::string& person, Values values, Saying saying
) {
  Employee& employee = hr_[person];
  if (what == "left" && !saying.effective_at) employee.left = true;
  if (what == "joined") employee.left = false;
  if (values.contains("department")) employee.department = values["department"];
  if (values.contains("location")) employee.location = values["location"];
  if (values.contains("email")) employee.email = values["email"];
  if (numbered_) saying.sequence = std::to_string(++number_);
  const bool is_late = numbered_ && steps_ > 0 && chance(20);
  std::string line = is_late ? "on its way: " : "hr: ";
  line += person + " " + what + " #" + saying.sequence;
  for (const auto& [name, value] : values) line += " " + name + "=" + value;
  told(line);
  if (is_late || (numbered_ && chance(5))) late_.push_back({what, person, values, saying});
  if (is_late) return;
  ++posted_;
  rosters_.forget_row(person);
  hr_says(what, person, std::move(values), saying);
}

void SimulatedCompany::late_letters_arrive(bool all) {
  std::shuffle(late_.begin(), late_.end(), random_);
  while (!late_.empty() && (all || chance(40))) {
    Letter letter = std::move(late_.back());
    late_.pop_back();
    told("late: " + letter.person + " " + letter.what + " #" + letter.saying.sequence);
    ++posted_;
    hr_says(letter.what, letter.person, std::move(letter.values), letter.saying);
  }
}

Date SimulatedCompany::some_day(int from, int to) {
  const Instant then = clock.now() + Duration{24h} * pick(from, to);
  return Date{std::chrono::floor<std::chrono::days>(then)};
}

void SimulatedCompany::hr_does_something() {
  const std::string person = any(people_);
  const int dice = pick(0, 13);
  if (dice <= 1) {
    hr_posts("joined", person, {{"status", "active"}, {"department", any(departments_)}});
  } else if (dice <= 4) {
    hr_posts("changed", person, {{"department", any(departments_)}});
  } else if (dice <= 6) {
    hr_posts("left", person, {});
  } else if (dice == 7) {
    hr_posts("changed", person, {{"status", any({"active", "suspended", "on_leave"})}});
  } else if (dice == 8) {
    hr_posts("changed", person, {{"location", any({"Berlin", "Paris"})}});
  } else if (dice == 9) {
    Saying soon;
    soon.effective_at = chance(50) ? Effective(clock.now() + Duration{1h} * pick(1, 100))
                                   : Effective(some_day(0, 4));
    hr_posts(any({"left", "changed"}), person, {}, soon);
  } else if (dice == 10 && person != protected_person.value) {
    // An address of their own, or one that somebody else has.
    const std::string whose = chance(70) ? person : any(people_);
    const std::string name = chance(50) ? whose : second_account(whose);
    hr_posts("changed", person, {{"email", name + "@example.com"}});
  } else if (dice == 11) {
    hr_posts("changed", person, {{"last_day", rosterd::to_string(some_day(-2, 3))}});
  } else if (dice == 12) {
    hr_posts("joined", person, {{"start_date", rosterd::to_string(some_day(-3, 3))}});
  } else {
    hr_corrects(person);
  }
}

/// What was said before was wrong: another value, from a day that has passed; or the whole record
/// again.
void SimulatedCompany::hr_corrects(const std::string& person) {
  Saying corrected;
  if (chance(50)) corrected.effective_at = Effective(some_day(-5, -1));
  Values values{{"department", any(departments_)}};
  if (chance(40)) {
    corrected.mode = ChangeMode::full;
    values["email"] = hr_[person].email;
    values["location"] = hr_[person].location;
  }
  hr_posts("changed", person, std::move(values), corrected);
}

/// A bad file, or a bad script: everybody at once.
void SimulatedCompany::hr_loses_its_mind() {
  const bool gone = chance(50);
  for (const std::string& person : people_) {
    if (gone) {
      hr_posts("left", person, {});
    } else {
      hr_posts("changed", person, {{"department", "Nowhere"}});
    }
  }
}

// What is late would be told from what the file says by its arrival alone.
void SimulatedCompany::hr_drops_a_roster() {
  if (numbered_) return;
  std::vector<SimulatedRosters::Row> rows;
  const bool is_cut_off = chance(20);
  for (const std::string& person : people_) {
    const Employee& employee = hr_[person];
    if (employee.left) continue;
    if (is_cut_off && rows.size() == 3) break;
    rows.push_back({person, employee.email, employee.department, employee.location});
  }
  std::optional<std::size_t> crash_after;
  if (chance(20)) crash_after = static_cast<std::size_t>(pick(0, 5));
  const ingest::FileIntake::Parts parts{rosters_.store(), *crypto, clock, *calendar, log};
  ingest::IntakeReport report;
  try {
    report = rosters_.take(rows, parts, store, crash_after);
  } catch (const std::runtime_error&) {
    if (!crash_after) throw;
    told("power cut in a file");
    start();
    report = rosters_.take_again(parts, store);
  }
  const auto events = rosters_.accepted();
  told(
      "roster of " + std::to_string(rows.size()) + ": " +
      std::string(rosterd::to_string(report.intake.state)) + ", events " +
      std::to_string(events.size())
  );
  for (const ChangeEvent& event : events) {
    ++posted_;
    store.accept(event, clock.now());
  }
}

void SimulatedCompany::somebody_edits_by_hand() {
  const std::string where = any({"Staff", "Engineering", "Sales", "Canteen", "Developer"});
  const std::string who = chance(30) ? "stranger" + std::to_string(pick(0, 3)) : any(people_);
  const bool puts = chance(50);
  told("by hand: " + who + (puts ? " into " : " out of ") + where);
  if (puts) {
    tenant.put(where, who);
  } else {
    tenant.take(where, who);
  }
}

std::vector<Hold> SimulatedCompany::decidable() const {
  std::vector<Hold> found;
  for (const auto& [id, hold] : store.holds) {
    const bool waits = hold.state == HoldState::open || hold.state == HoldState::rejected;
    if (waits) found.push_back(hold);
  }
  return found;
}

void SimulatedCompany::somebody_decides() {
  const std::vector<Hold> open = decidable();
  if (open.empty()) return;
  const Hold& hold = open[static_cast<std::size_t>(pick(0, static_cast<int>(open.size()) - 1))];
  const bool approve = chance(50);
  std::set<PersonId> decided;
  if (chance(40)) decided = {hold.removals.front().person};
  told(std::string(approve ? "approved: " : "rejected: ") + holds_now());
  anna_decides(approve, hold, std::move(decided));
}

void SimulatedCompany::the_network_changes() {
  const int dice = pick(1, 3);
  const double trouble = dice == 1 ? 0.0 : dice == 2 ? 0.3 : 1.0;
  told("calls that go wrong: " + std::to_string(trouble));
  tenant.misbehaves(trouble, static_cast<unsigned>(random_()));
  tenant.storage_bytes = chance(50) ? 19'990 : 10'000;
}

void SimulatedCompany::time_passes() {
  const int dice = pick(1, 10);
  if (dice <= 2) {
    clock.set(clock.now() - Duration{1min} * pick(1, 600));
    told("the clock was set back");
  } else if (dice <= 5) {
    const auto next = run(loop, store.next_due_at(clock.now()));
    if (next) clock.advance(*next - clock.now());
    told("the next timer");
  } else {
    clock.advance(Duration{1h} * pick(1, 30));
    told("hours later");
  }
}

void SimulatedCompany::decide_everything() {
  for (const Hold& hold : decidable()) anna_decides(true, hold);
}

void SimulatedCompany::everything_calms_down() {
  told("everything calms down");
  tenant.relents();
  tenant.storage_bytes = 10'000;
  policy.rules = policies_.front();
  new_policy();
  late_letters_arrive(true);
  constexpr int days = 12;
  for (int day = 0; day < days; ++day) {
    later(24h);
    run(loop, engine().reconcile(true));
    work();
    decide_everything();
    work();
  }
}

}  // namespace rosterd::test
