#pragma once

#include "rosterd/adapters/system/time_zones.hpp"
#include "simulated_rosters.hpp"
#include "unit/sync/syncing.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace rosterd::test {

struct PowerCut : std::runtime_error {
  PowerCut() : std::runtime_error("power cut") {}
};

/// Weeks in the life of a company, from one seed, on one thread: what HR says (joiners, movers,
/// leavers, rehires, corrections; one by one, late and twice, or by rosters in files), an
/// administrator who edits by hand, decisions about holds, changes of policy, outages, restarts,
/// power cuts at any commit, call or row of a file, clocks that are set back, and days on which the
/// clocks change.
///
/// What must hold is looked at whenever something is settled, after every step, and at the end.
class SimulatedCompany : public Syncing {
 public:
  /// `people_a_settlement`: how many the worker settles at a time, if not its own number.
  explicit SimulatedCompany(
      unsigned seed, std::optional<std::size_t> people_a_settlement = std::nullopt
  );

  /// All of it. Failures are those of the test that runs.
  void live();
  /// The last things that happened, a line each.
  std::string last_steps() const;

 private:
  using Has = std::set<AssignmentKey>;
  void TestBody() override {}

  // What happens.
  void step();
  void something_happens(int dice);
  void hr_does_something();
  void hr_corrects(const std::string& person);
  void hr_loses_its_mind();
  void hr_drops_a_roster();
  void hr_posts(
      const std::string& what, const std::string& person, Values values, Saying saying = {}
  );
  void late_letters_arrive(bool all);
  void somebody_edits_by_hand();
  void somebody_decides();
  void decide_everything();
  void the_network_changes();
  void time_passes();
  void power_may_fail();
  void everything_calms_down();

  // What must hold.
  void watch(const Settlement& settlement);
  void see_agreement(const PersonId& id, const Settlement& settlement) const;
  void see_order(const PersonRecord& record);
  void guarded(const std::function<void()>& does);
  void see_losses(const Has& before, const Has& after) const;
  void see_leavers(const Has& before, const Has& after) const;
  void see_events() const;
  void see_budgets() const;
  void see_the_end() const;
  void see_person_at_the_end(const std::string& person) const;

  Has tenant_has() const;
  void note_begun(const Removal& removal);
  Lifecycle lifecycle_now(const PersonId& person) const;
  std::set<std::string> owed(const PersonId& person) const;
  bool has_left(const PersonId& person) const;
  bool is_settled(const std::string& person) const;
  static bool is_held_by(const Hold& hold, const PersonId& person);
  std::vector<Hold> decidable() const;

  void told(const std::string& what);
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int percent) { return pick(1, 100) <= percent; }
  const std::string& any(const std::vector<std::string>& of) {
    return of[static_cast<std::size_t>(pick(0, static_cast<int>(of.size()) - 1))];
  }
  Date some_day(int from, int to);

  struct Letter {
    std::string what;
    std::string person;
    Values values;
    Saying saying;
  };
  /// What HR knows, and would write into a roster.
  struct Employee {
    std::string email;
    std::string department;
    std::string location = "Berlin";
    bool left = false;
  };

  std::mt19937 random_;
  system::SystemTimeZones real_zones_;
  SimulatedRosters rosters_;
  std::vector<std::string> people_;
  std::map<std::string, Employee> hr_;
  std::vector<std::string> departments_{"Engineering", "Sales", "Support"};
  std::vector<std::vector<Rule>> policies_;
  /// HR counts its events, and some arrive late or twice; else they arrive in order, and there are
  /// rosters.
  bool numbered_ = false;
  int number_ = 0;
  std::vector<Letter> late_;
  std::size_t posted_ = 0;

  struct Begun {
    Removal removal;  ///< when it was last tried, by the clock
    Duration since;   ///< when it was begun, by the time that passes
  };
  std::vector<Begun> begun_;
  Has may_go_;  ///< counted or approved
  std::map<PersonId, Stamp> newest_;
  int commits_to_power_cut_ = 0;
  int calls_to_power_cut_ = 0;
  int steps_ = 0;
  std::deque<std::string> story_;
};

}  // namespace rosterd::test
