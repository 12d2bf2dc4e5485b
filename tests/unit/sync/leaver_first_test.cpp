#include "sync/read_only_target.hpp"
#include "unit/sync/syncing.hpp"

#include <stop_token>

namespace rosterd::test {
namespace {

class LeaverFirst : public Syncing {
 protected:
  LeaverFirst() { a_company(); }
};

TEST_F(LeaverFirst, TenThousandGrantsThatWaitCostALeaverAFewCalls) {
  finds_accounts_by({by_user_id()});
  hr_says("joined", "ada", {{"user_id", "auth0|ada"}, {"department", "Engineering"}});
  work();
  // Three grants each, and a role is given in a call for each person.
  for (int i = 0; i < 3'334; ++i) {
    const std::string name = "p" + std::to_string(i);
    hr_says("joined", name, {{"user_id", "auth0|" + name}, {"department", "Engineering"}});
  }
  constexpr int arrives_at_call = 300;
  int calls = 0;
  int gone_after = 0;
  int applied_after = 0;
  EventId left = 0;
  std::stop_source enough;
  tenant.on_call = [&](Call) {
    if (++calls == arrives_at_call) left = hr_says("left", "ada");
    if (left == 0) return;
    if (gone_after == 0 && tenant.access_of("ada").empty()) gone_after = calls - arrives_at_call;
    if (event(left).state != EventState::applied) return;
    if (applied_after == 0) applied_after = calls - arrives_at_call;
    enough.request_stop();
  };

  while (!enough.stop_requested()) one_round(enough.get_token());

  // The call in flight and two reads; a removal for each group and one for the role; two reads.
  EXPECT_LE(gone_after, 7);
  EXPECT_LE(applied_after, 10);
  EXPECT_EQ(measurements.revoked.size(), 3u);
  EXPECT_LT(tenant.state().roles.front().users.size(), 1000u) << "the others still wait";
}

TEST_F(LeaverFirst, TheTimeToRevokeCountsTheRetriesToo) {
  users({"ada"});
  hr_says("joined", "ada");
  work();
  tenant.fails(Call::remove_members, ErrorClass::transient, 2);

  hr_says("left", "ada");
  work();
  later(1h);
  later(1h);

  ASSERT_EQ(measurements.revoked.size(), 1u);
  EXPECT_GE(measurements.revoked.front(), Duration{1h});
}

TEST_F(LeaverFirst, ALeaveThatWasPlannedHasNoTimeToRevoke) {
  users({"ada"});
  hr_says("joined", "ada");
  Saying then;
  then.effective_at = Effective(clock.now() + 24h);
  hr_says("left", "ada", {}, then);
  work();

  later(48h);

  EXPECT_EQ(tenant_now(), "");
  EXPECT_TRUE(measurements.revoked.empty());
}

TEST_F(LeaverFirst, OneRefusedAccountDoesNotTakeTheOthersAlong) {
  users({"ada", "bob", "cleo", "dora"});
  for (const char* name : {"ada", "bob", "cleo", "dora"}) hr_says("joined", name);
  FakeTenant::Plot plot;
  plot.call = Call::add_members;
  plot.error = TargetError(ErrorClass::permanent, 400, "\"2\" is no user id");
  plot.times = 3;  // the whole call, its half with the culprit, the culprit
  tenant.will(plot);

  work();

  EXPECT_EQ(tenant_now(), "Staff: bob, cleo, dora");
  EXPECT_EQ(outbox_now(), "ada: dead permanent; bob: applied; cleo: applied; dora: applied");
}

TEST_F(LeaverFirst, ADryRunsTargetRefusesToWrite) {
  sync::ReadOnlyTarget reading(tenant);
  const EntitlementId staff = tenant.state().groups.front().id;

  const auto answer = run(loop, reading.add_members(staff, {FakeTenant::account("ada")}));

  EXPECT_FALSE(answer.has_value());
  EXPECT_EQ(tenant.writes(), 0u);
}

}  // namespace
}  // namespace rosterd::test
