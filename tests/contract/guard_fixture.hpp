#pragma once

#include "store_fixture.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::test {

/// Words for holds, removals and what becomes of them.
class GuardStoreTest : public StoreTest {
 protected:
  static HeldRemoval held(const std::string& person, const std::string& group) {
    HeldRemoval removal;
    removal.person = PersonId(person);
    removal.account = AccountId("auth0|" + person);
    removal.entitlement.id = EntitlementId(group + "-id");
    removal.name.name = group;
    removal.reason = "no rule gives it any more";
    removal.event = 7;
    return removal;
  }
  static HeldRemoval held_of_leaver(const std::string& person, const std::string& group) {
    HeldRemoval removal = held(person, group);
    removal.leaver = true;
    return removal;
  }

  Hold hold(std::vector<HeldRemoval> removals) const {
    Hold made;
    made.hash = hash_of(removals);
    made.why = "12 assignments within 1 h; 10 may without approval";
    made.policy_version = "v1";
    made.opened_at = now;
    made.changed_at = now;
    made.removals = std::move(removals);
    return made;
  }
  static std::string hash_of(const std::vector<HeldRemoval>& removals) {
    return to_hex(digest_of(canonical_text(removals)));
  }
  void settle_hold(Hold hold, const std::string& by = {}) {
    Settlement settlement;
    settlement.holds.push_back(std::move(hold));
    settlement.decided_by = by;
    settle(std::move(settlement));
  }

  Removal removal(const std::string& person, const std::string& group) const {
    Removal made;
    made.person = PersonId(person);
    made.account = AccountId("auth0|" + person);
    made.entitlement.id = EntitlementId(group + "-id");
    made.at = now;
    return made;
  }
  void begin(std::vector<Removal> removals) {
    Settlement settlement;
    settlement.removals = std::move(removals);
    settle(std::move(settlement));
  }

  LedgerEntry ledger_entry(const std::string& person, const std::string& group) const {
    LedgerEntry entry;
    entry.account = AccountId("auth0|" + person);
    entry.entitlement.id = EntitlementId(group + "-id");
    entry.name.name = group;
    entry.person = PersonId(person);
    entry.rule = "engineers";
    entry.policy_version = "v1";
    entry.since = now;
    return entry;
  }

  GuardState guard_state(Duration window = 24h) {
    return temp.run(temp.work().guard_state(now, window));
  }
  /// The holds in one line: `1 open: ada-Engineering bob-Staff, 2 done:`.
  std::string holds_now(bool also_over = false, std::size_t limit = all_of_them) const {
    std::string text;
    for (const Hold& hold : temp.views()->holds(also_over, limit)) {
      if (!text.empty()) text += ", ";
      text += std::to_string(hold.id) + " " + std::string(to_string(hold.state)) + ":";
      for (const HeldRemoval& removal : hold.removals) {
        text += " " + removal.person.value + "-" + removal.name.name;
      }
    }
    return text;
  }
};

}  // namespace rosterd::test
