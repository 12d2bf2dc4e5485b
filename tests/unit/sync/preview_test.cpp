#include "rosterd/sync/preview.hpp"

#include "unit/sync/syncing.hpp"

#include <set>

namespace rosterd::test {
namespace {

class DryRun : public Syncing {
 protected:
  DryRun() {
    a_company(), users({"ada", "bob", "cleo"});
    hr_says("joined", "ada", {{"department", "Engineering"}});
    hr_says("joined", "bob", {{"department", "Sales"}});
    work();
    tenant.forget_history();
  }

  /// Of everybody in the store, with what is accepted and not folded yet.
  sync::Preview preview() {
    const sync::Previewer::Parts parts{tenant, tenant, store, zones, clock};
    sync::Previewer previewer(
        parts, std::make_shared<Policy>(policy), guard, config.bulk_lookup_min
    );
    sync::PreviewInput input;
    input.people = run(loop, store.people_after(PersonId(), 1000));
    for (const auto& [id, row] : store.events) {
      if (!row.folded && !is_final(row.state)) input.events.push_back(row.event);
    }
    return *run(loop, previewer.preview(std::move(input)));
  }

  static std::string told(const Plan& plan) {
    std::set<std::string> lines;
    for (const Change& change : plan.changes) {
      if (change.kind != Change::Kind::grant && change.kind != Change::Kind::revoke) continue;
      lines.insert(
          (change.kind == Change::Kind::grant ? "+" : "-") + change.person.value + " " +
          to_string(change.name)
      );
    }
    return joined(lines);
  }

  std::string done_since(std::size_t first) const {
    std::set<std::string> lines;
    for (std::size_t i = first; i < store.operations.size(); ++i) {
      const OperationRecord& operation = store.operations[i];
      const bool adds = operation.kind == Operation::Kind::add_members ||
                        operation.kind == Operation::Kind::add_roles;
      lines.insert((adds ? "+" : "-") + operation.person.value + " " + to_string(operation.name));
    }
    return joined(lines);
  }

  static std::string joined(const std::set<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
    return text;
  }
};

TEST_F(DryRun, SaysWhatTheWorkerThenDoesAndWritesNothing) {
  hr_says("changed", "ada", {{"department", "Sales"}});
  hr_says("left", "bob");
  hr_says("joined", "cleo", {{"department", "Engineering"}});
  const std::size_t done_before = store.operations.size();

  const sync::Preview said = preview();
  EXPECT_EQ(tenant.writes(), 0u);
  work();

  EXPECT_EQ(
      told(said.plan),
      "+ada Sales; +cleo Developer@app; +cleo Engineering; +cleo Staff; -ada Developer@app; "
      "-ada Engineering; -bob Sales; -bob Staff"
  );
  EXPECT_EQ(done_since(done_before), told(said.plan));
  EXPECT_EQ(tenant.writes(), said.calls);
}

TEST_F(DryRun, TriesANewPolicyOnEverybody) {
  policy.rules.clear();
  rule("everyone", {}, {"Staff"});

  EXPECT_EQ(told(preview().plan), "-ada Developer@app; -ada Engineering; -bob Sales");
}

TEST_F(DryRun, HasNothingToSayWhenAllAgree) {
  const sync::Preview said = preview();

  EXPECT_FALSE(said.plan.touches_tenant());
  EXPECT_EQ(said.calls, 0u);
}

TEST_F(DryRun, NamesThoseItCannotPlanForAndWhatLiesAhead) {
  hr_says("joined", "nobody");
  Saying later_on;
  later_on.effective_at = Effective(clock.now() + 24h);
  hr_says("left", "ada", {}, later_on);

  const sync::Preview said = preview();

  EXPECT_EQ(said.people.at(PersonId("nobody")).error, ErrorClass::no_account);
  EXPECT_FALSE(said.people.at(PersonId("nobody")).problem.empty());
  EXPECT_EQ(said.people.at(PersonId("ada")).effective_at, clock.now() + 24h);
  EXPECT_EQ(told(said.plan), "");
}

TEST_F(DryRun, GivesTheReasonWhenTheTenantCannotBeRead) {
  tenant.fails(Call::roles, ErrorClass::configuration);
  const sync::Previewer::Parts parts{tenant, tenant, store, zones, clock};
  sync::Previewer previewer(parts, std::make_shared<Policy>(policy), guard, config.bulk_lookup_min);

  const auto said = run(loop, previewer.preview(sync::PreviewInput()));

  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().error, ErrorClass::configuration);
}

}  // namespace
}  // namespace rosterd::test
