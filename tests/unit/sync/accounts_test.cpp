#include "unit/sync/syncing.hpp"

namespace rosterd::test {
namespace {

class Linking : public Syncing {
 protected:
  Linking() { a_company(); }
};

TEST_F(Linking, WaitsForAnAccountAndAsksAgainOnlyWhenItIsTime) {
  hr_says("joined", "ada");
  work();
  EXPECT_EQ(outbox_now(), "ada: waiting no_account");

  hr_says("changed", "ada", {{"job_title", "CTO"}});
  later(10min);
  EXPECT_EQ(tenant.count(Call::users_with_email), 1u);
  EXPECT_EQ(outbox_now(), "ada: waiting no_account; ada: waiting no_account");

  tenant.has_user("ada");
  later(30min);
  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada");
}

TEST_F(Linking, EventsThatKeepComingDoNotPutTheNextLookUpOff) {
  hr_says("joined", "ada");
  work();
  later(20min);
  hr_says("changed", "ada", {{"job_title", "CTO"}});
  work();
  tenant.has_user("ada");

  later(10min);

  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
}

TEST_F(Linking, AnEventThatIsLookedAtAgainEarlyIsNotTheOneThatMissesTheLookUp) {
  randomness = FixedRandomness(0.0);
  hr_says("joined", "ada");
  work();
  tenant.has_user("ada");

  later(24min);

  EXPECT_EQ(outbox_now(), "ada: applied");
}

TEST_F(Linking, ANewAddressIsLookedUpAtOnce) {
  hr_says("joined", "ada");
  work();
  tenant.has_user("ada", "lovelace@example.com");

  hr_says("changed", "ada", {{"email", "lovelace@example.com"}});
  work();

  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
}

TEST_F(Linking, SeveralAccountsWithTheAddressAreForAPersonToChooseFrom) {
  tenant.has_user("ada");
  tenant.has_user("ada2", "ada@example.com");
  const EventId joined = hr_says("joined", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: dead ambiguous_account");
  EXPECT_NE(event(joined).reason.find("auth0|ada auth0|ada2"), std::string::npos);
}

TEST_F(Linking, TheAccountOfAnotherPersonIsRefused) {
  users({"ada"});
  hr_says("joined", "ada");
  work();
  const EventId joined = hr_says("joined", "twin", {{"email", "ada@example.com"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; twin: dead conflict");
  EXPECT_EQ(event(joined).reason, "account auth0|ada belongs to person ada");
}

TEST_F(Linking, TwoNewPeopleWithOneAccountAreBothRefused) {
  users({"ada"});
  hr_says("joined", "ada");
  const EventId joined = hr_says("joined", "twin", {{"email", "ada@example.com"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: dead conflict; twin: dead conflict");
  EXPECT_EQ(event(joined).reason, "account auth0|ada is what person ada asks for, too");
  EXPECT_EQ(tenant.writes(), 0u);
}

TEST_F(Linking, WhoeverIsRefusedGoesOnWithTheAccountTheyHave) {
  users({"ada", "bob"});
  hr_says("joined", "ada", {{"department", "Sales"}});
  hr_says("joined", "bob");
  work();
  hr_says("changed", "ada", {{"email", "bob@example.com"}});
  work();

  hr_says("changed", "ada", {{"department", "Engineering"}});
  work();

  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied; ada: dead conflict; ada: dead conflict");
  EXPECT_EQ(tenant_now(), "Staff: ada, bob; Engineering: ada; Developer@app: ada");
}

TEST_F(Linking, AnAccountChangesHandsInOneRound) {
  users({"ada", "ada2"});
  hr_says("joined", "ada", {{"department", "Sales"}});
  work();
  hr_says("changed", "ada", {{"email", "ada2@example.com"}});
  hr_says("joined", "twin", {{"email", "ada@example.com"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied; twin: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada, ada2; Sales: ada2");
}

TEST_F(Linking, TwoPeopleSwapTheirAccounts) {
  users({"ada", "bob"});
  hr_says("joined", "ada", {{"department", "Sales"}});
  hr_says("joined", "bob");
  work();
  hr_says("changed", "ada", {{"email", "bob@example.com"}});
  hr_says("changed", "bob", {{"email", "ada@example.com"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied; ada: applied; bob: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada, bob; Sales: bob");
}

TEST_F(Linking, WhoIsRefusedGivesNothingUpForAnother) {
  users({"ada", "bob"});
  hr_says("joined", "ada");
  hr_says("joined", "bob");
  work();
  hr_says("changed", "ada", {{"email", "bob@example.com"}});
  hr_says("joined", "twin", {{"email", "ada@example.com"}});

  work();

  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied; ada: dead conflict; twin: dead conflict");
}

TEST_F(Linking, WhoComesBackHasAccessOnTheAccountTheyAreFoundByNow) {
  users({"ada", "ada2"});
  hr_says("joined", "ada");
  work();
  hr_says("left", "ada");
  work();
  hr_says("changed", "ada", {{"email", "ada2@example.com"}});
  work();

  hr_says("changed", "ada", {{"status", "active"}});
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada2");
}

TEST_F(Linking, TheAccountOfALeaverIsAnothersOnceItsAddressIsTakenFromThem) {
  users({"ada"});
  hr_says("joined", "ada");
  work();
  hr_says("left", "ada");
  const EventId joined = hr_says("joined", "ada-again", {{"email", "ada@example.com"}});
  work();
  ASSERT_EQ(
      event(joined).reason,
      "account auth0|ada belongs to person ada, who has left; change or clear their address, then "
      "replay"
  );

  hr_says("changed", "ada", {{"email", "gone@example.com"}});
  work();
  hr_says("changed", "ada-again", {{"job_title", "CTO"}});
  work();

  EXPECT_EQ(tenant_now(), "Staff: ada");
  EXPECT_EQ(store.links.at(FakeTenant::account("ada")), PersonId("ada-again"));
}

TEST_F(Linking, KeepsAllAccountsOfAPersonInStep) {
  policy.accounts.all = true;
  users({"ada", "ada-admin"});
  hr_says("joined", "ada", {{"user_id", "auth0|ada-admin"}, {"department", "Sales"}});
  work();
  EXPECT_EQ(tenant_now(), "Staff: ada, ada-admin; Sales: ada, ada-admin");

  hr_says("left", "ada");
  work();
  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Linking, MovesWhatWasGrantedWhenTheAccountChanges) {
  tenant.has_user("ada");
  tenant.has_user("lovelace");
  hr_says("joined", "ada", {{"department", "Sales"}});
  work();

  hr_says("changed", "ada", {{"email", "lovelace@example.com"}});
  work();

  EXPECT_EQ(tenant_now(), "Staff: lovelace; Sales: lovelace");
}

TEST_F(Linking, KeepsTheAccountWhenTheNewAddressIsNotThereYet) {
  tenant.has_user("ada");
  hr_says("joined", "ada");
  work();

  hr_says("changed", "ada", {{"email", "lovelace@example.com"}});
  work();

  EXPECT_EQ(outbox_now(), "ada: applied; ada: applied");
  EXPECT_EQ(tenant_now(), "Staff: ada");
}

TEST_F(Linking, ALookUpThatFailedIsNotForgotten) {
  tenant.has_user("ada");
  tenant.has_user("lovelace");
  hr_says("joined", "ada");
  work();
  tenant.fails(Call::users_with_email, ErrorClass::transient);

  hr_says("changed", "ada", {{"email", "lovelace@example.com"}});
  work();
  EXPECT_EQ(outbox_now(), "ada: applied; ada: retrying #1 transient");

  later(2s);
  EXPECT_EQ(tenant_now(), "Staff: lovelace");
}

TEST_F(Linking, AnOutageCostsOneCallAndOnlyTheOneAskedForAnAttempt) {
  users({"ada", "bob", "cleo"});
  tenant.fails(Call::users_with_email, ErrorClass::transient, FakeTenant::always);
  for (const char* name : {"ada", "bob", "cleo"}) hr_says("joined", name);

  work();

  EXPECT_EQ(
      outbox_now(), "ada: retrying #1 transient; bob: retrying paused; cleo: retrying paused"
  );
  EXPECT_EQ(tenant.count(Call::users_with_email), 1u);
}

TEST_F(Linking, AnAddressTheTenantRefusesHurtsNobodyElse) {
  users({"ada", "bob"});
  tenant.fails(Call::users_with_email, ErrorClass::permanent, 1, "ada@example.com");
  for (const char* name : {"ada", "bob"}) hr_says("joined", name);

  work();

  EXPECT_EQ(outbox_now(), "ada: dead permanent; bob: applied");
}

TEST_F(Linking, ALeaverLosesAccessWhateverTheLookUpSays) {
  users({"ada", "lovelace"});
  tenant.has_user("double", "lovelace@example.com");
  hr_says("joined", "ada");
  work();

  hr_says("left", "ada", {{"email", "lovelace@example.com"}});
  work();

  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Linking, ALeaverWhoseNewAddressIsSomebodyElsesHasLost) {
  users({"ada", "bob"});
  hr_says("joined", "ada");
  hr_says("joined", "bob");
  work();

  hr_says("left", "ada", {{"email", "bob@example.com"}});
  work();

  EXPECT_EQ(outbox_now(), "ada: applied; bob: applied; ada: applied");
  EXPECT_EQ(tenant_now(), "Staff: bob");
}

TEST_F(Linking, ALeaverLosesOldAndNewAccount) {
  tenant.has_user("ada");
  tenant.has_user("lovelace");
  tenant.put("Sales", "ada");
  tenant.put("Sales", "lovelace");
  hr_says("joined", "ada");
  work();

  hr_says("left", "ada", {{"email", "lovelace@example.com"}});
  work();

  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Linking, ALeaverIsLookedForEvenIfThereWasNoAccountAMinuteAgo) {
  hr_says("joined", "ada");
  work();
  tenant.has_user("ada");
  tenant.put("Sales", "ada");

  hr_says("left", "ada");
  work();

  EXPECT_EQ(tenant_now(), "");
}

TEST_F(Linking, ManyAreLookedUpByPages) {
  config.bulk_lookup_min = 50;
  for (int i = 0; i < 250; ++i) {
    const std::string name = "p" + std::to_string(i);
    tenant.has_user(name);
    if (i < 100) hr_says("joined", name);
  }

  work();

  EXPECT_EQ(tenant.count(Call::users_page), 3u);
  EXPECT_EQ(tenant.count(Call::users_with_email), 0u);
  EXPECT_EQ(outbox_now().find("waiting"), std::string::npos);
}

TEST_F(Linking, PagesAreNotReadWhenTheTenantIsTooLargeForThat) {
  config.bulk_lookup_min = 2;
  for (int i = 0; i < 500; ++i) tenant.has_user("p" + std::to_string(i));
  for (int i = 0; i < 3; ++i) hr_says("joined", "p" + std::to_string(i));

  work();

  EXPECT_EQ(tenant.count(Call::users_page), 1u);
  EXPECT_EQ(tenant.count(Call::users_with_email), 3u);
}

TEST_F(Linking, AUserSeenOnTwoPagesIsOneUser) {
  config.bulk_lookup_min = 1;
  users({"ada", "ada"});
  hr_says("joined", "ada");

  work();

  EXPECT_EQ(outbox_now(), "ada: applied");
}

TEST_F(Linking, AccountsAreMadeFromATemplateWithoutAskingAnybody) {
  AccountMatch match;
  match.kind = AccountMatch::Kind::text_template;
  match.argument = "auth0|{login}";
  finds_accounts_by({match});
  hr_says("joined", "ada", {{"login", "ada"}});

  work();

  EXPECT_EQ(tenant_now(), "Staff: ada");
  EXPECT_EQ(tenant.count(Call::users_with_email) + tenant.count(Call::user), 0u);
}

TEST_F(Linking, AnAccountThatMustExistIsAskedFor) {
  AccountMatch match = by_user_id();
  match.must_exist = true;
  finds_accounts_by({match});
  hr_says("joined", "ada", {{"user_id", "auth0|ada"}});
  work();
  EXPECT_EQ(outbox_now(), "ada: waiting no_account");

  tenant.has_user("ada");
  later(30min);
  EXPECT_EQ(tenant_now(), "Staff: ada");
}

}  // namespace
}  // namespace rosterd::test
