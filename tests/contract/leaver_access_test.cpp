#include "store_fixture.hpp"

namespace rosterd::test {
namespace {

class LeaverAccessStore : public StoreTest {
 protected:
  static LeaverAccount account_of(const std::string& person, const std::string& number = "1") {
    LeaverAccount leaver;
    leaver.person = PersonId(person);
    leaver.account = AccountId("auth0|" + person + number);
    return leaver;
  }
  static ResidualAccess access(const std::string& group, const std::string& way) {
    ResidualAccess found;
    found.name.name = group;
    found.way = way;
    return found;
  }
  void to_check(std::initializer_list<LeaverAccount> leavers) {
    Settlement settlement;
    settlement.to_check = leavers;
    settle(std::move(settlement));
  }
  void checked(const LeaverAccount& leaver, std::vector<ResidualAccess> remains) {
    Settlement settlement;
    settlement.checked.push_back(Settlement::Checked{leaver, std::move(remains)});
    settle(std::move(settlement));
  }
  std::string queue() {
    std::string text;
    for (const auto& leaver : temp.run(temp.work().leavers_to_check(all_of_them))) {
      text += (text.empty() ? "" : " ") + leaver.account.value;
    }
    return text;
  }
  std::string residual(const std::optional<PersonId>& person = {}) const {
    std::string text;
    for (const ResidualRow& row : temp.views()->residual(person)) {
      if (!text.empty()) text += ", ";
      text += row.of.person.value + " " + row.of.account.value + " " + to_string(row.access.name) +
              " " + row.access.way;
    }
    return text;
  }
};

TEST_F(LeaverAccessStore, AccountsAreCheckedInTheOrderTheyCame) {
  to_check({account_of("cyd"), account_of("ada")});
  to_check({account_of("bob"), account_of("cyd")});

  temp.crash_and_reopen();

  EXPECT_EQ(queue(), "auth0|cyd1 auth0|ada1 auth0|bob1");
  EXPECT_EQ(temp.run(temp.work().leavers_to_check(1)).at(0), account_of("cyd"));
}

TEST_F(LeaverAccessStore, AnAccountThatWasCheckedIsNotCheckedAgainUnlessItIsAskedFor) {
  to_check({account_of("ada"), account_of("bob")});

  Settlement settlement;
  settlement.checked = {{account_of("ada"), {}}, {account_of("bob"), {}}};
  settlement.to_check = {account_of("ada")};
  settle(std::move(settlement));

  EXPECT_EQ(queue(), "auth0|ada1");
}

TEST_F(LeaverAccessStore, WhatRemainsReplacesWhatWasKnownOfTheAccount) {
  checked(account_of("ada", "1"), {access("Staff", "nested in All"), access("Wiki", "mapped")});
  checked(account_of("ada", "2"), {access("Staff", "nested in All")});
  now += 1h;
  checked(account_of("ada", "1"), {access("Wiki", "mapped")});

  temp.crash_and_reopen();

  EXPECT_EQ(residual(), "ada auth0|ada1 Wiki mapped, ada auth0|ada2 Staff nested in All");
  EXPECT_EQ(temp.views()->residual({}).at(0).seen_at, now);
  EXPECT_EQ(temp.views()->status().residual, 2u);
}

TEST_F(LeaverAccessStore, ARoleIsToldWithItsApplicationAndEachWayOnce) {
  ResidualAccess role = access("Editor", "role of Staff");
  role.name = EntitlementName{EntitlementKind::role, "Editor", "wiki"};
  ResidualAccess another_way = role;
  another_way.way = "directly";

  checked(account_of("ada"), {role, another_way, role});

  EXPECT_EQ(
      residual(), "ada auth0|ada1 Editor@wiki directly, ada auth0|ada1 Editor@wiki role of Staff"
  );
}

TEST_F(LeaverAccessStore, OnePersonIsAskedForAlone) {
  checked(account_of("ada"), {access("Staff", "mapped")});
  checked(account_of("bob"), {access("Wiki", "mapped")});

  EXPECT_EQ(residual(PersonId("bob")), "bob auth0|bob1 Wiki mapped");
  EXPECT_EQ(residual(PersonId("cyd")), "");
}

TEST_F(LeaverAccessStore, WhoHasNotLeftHasNothingResidualAndIsNotChecked) {
  checked(account_of("ada"), {access("Staff", "mapped")});
  checked(account_of("bob"), {access("Wiki", "mapped")});
  to_check({account_of("ada", "2"), account_of("bob", "2")});

  Settlement settlement;
  settlement.not_left = {PersonId("ada"), PersonId("cyd")};
  settle(std::move(settlement));

  EXPECT_EQ(residual(), "bob auth0|bob1 Wiki mapped");
  EXPECT_EQ(queue(), "auth0|bob2");
}

}  // namespace
}  // namespace rosterd::test
