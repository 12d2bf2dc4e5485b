#include "company.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <random>

namespace rosterd::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::string roster_of(int people) {
  std::string text = "Id,Account,Department,Status\n";
  for (int i = 0; i < people; ++i) {
    const std::string id = "p" + std::to_string(i);
    text += id + ",auth0|" + id + "," + (i % 4 == 0 ? "Engineering" : "Sales") + ",Active\n";
  }
  return text;
}

/// A company under the guard with its defaults: nobody loses access but those who should.
class GuardedCompany : public Company {
 protected:
  GuardedCompany() { guarded = true; }

  void has_people(int people) {
    start_sandbox();
    daemon = &start_daemon();
    drop("first.csv", roster_of(people));
    eventually("the roster to be taken", [&] {
      return std::filesystem::exists(path("drop") / "done" / "first.csv");
    });
    wait_until_settled();
    ASSERT_THAT(access()["Staff"], SizeIs(people));
  }

  void leaves(int number) {
    const std::string id = "p" + std::to_string(number);
    ASSERT_EQ(send(leaving("left-" + id, id)).status, 202U);
  }

  Json open_holds() {
    Json open = Json::array();
    for (const Json& hold : json({"holds", "list"})) {
      if (hold["state"] == "open") open.push_back(hold);
    }
    return open;
  }

  void policy_becomes(const std::string& what, const std::string& with) {
    std::string text = policy_text();
    const std::size_t at = text.find(what);
    if (at != std::string::npos) text.replace(at, what.size(), with);
    write_policy(text);
    daemon->signal(SIGHUP);
  }

  void sql(const std::string& text) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path("rosterd.db").c_str(), &database), SQLITE_OK);
    char* problem = nullptr;
    sqlite3_exec(database, text.c_str(), nullptr, nullptr, &problem);
    EXPECT_EQ(problem, nullptr) << problem;
    sqlite3_free(problem);
    sqlite3_close(database);
  }

  Program* daemon = nullptr;
};

TEST_F(GuardedCompany, AStormOfLeaversByWebhookTakesAwayNoMoreThanTheBudgetUntilApproved) {
  constexpr int people = 500;
  constexpr std::size_t budget = people / 50;
  has_people(people);

  for (int i = 0; i < people; ++i) leaves(i);
  wait_until_settled();

  EXPECT_GE(access()["Staff"].size(), people - budget);
  const Json holds = open_holds();
  ASSERT_THAT(holds, SizeIs(1));
  const Json status = json({"status"});
  EXPECT_GE(status["held_leavers"].size(), people - budget);
  const Said said = rosterd({"status"});
  EXPECT_THAT(said.out, HasSubstr("rosterd holds"));

  const std::string hash = holds[0]["hash"];
  const Said approved = rosterd({"holds", "approve", hash, "--yes", "--note", "it is true"});
  EXPECT_EQ(approved.code, 0) << approved.err;
  eventually("everybody to be gone", [&] { return access().empty(); });
  wait_until_settled();
  EXPECT_THAT(open_holds(), IsEmpty());
  EXPECT_THAT(json({"status"})["held_leavers"], IsEmpty());
  EXPECT_EQ(rosterd({"audit", "verify"}).code, 0);
}

TEST_F(GuardedCompany, ADepartmentMisspeltInThePolicyTakesNothingAway) {
  has_people(40);
  const Holders before = access();
  write_file(path("candidate.toml"), [this] {
    std::string text = policy_text();
    text.replace(text.find("department = \"Sales\""), 20, "department = \"Slaes\"");
    return text;
  }());

  const Said blast = rosterd({"plan", "--policy", path("candidate.toml").string()});
  EXPECT_EQ(blast.code, 2) << blast.err;
  EXPECT_THAT(blast.out, HasSubstr("sales"));

  policy_becomes("department = \"Sales\"", "department = \"Slaes\"");
  eventually("a hold", [&] { return open_holds().size() == 1; });
  EXPECT_EQ(access(), before);

  policy_becomes("", "");
  eventually("the hold to lapse", [&] { return open_holds().empty(); });
  EXPECT_EQ(access(), before);
}

TEST_F(GuardedCompany, ARosterCutAnywhereTakesNothingAwayFromWhoStays) {
  has_people(40);
  const Holders before = access();
  const std::string whole = roster_of(40);
  std::mt19937 random(20260301);
  for (int cut = 0; cut < 8; ++cut) {
    const std::string name = "cut" + std::to_string(cut) + ".csv";
    drop(name, whole.substr(0, random() % whole.size()));
    eventually(name + " to be put aside", [&] {
      return !std::filesystem::exists(path("drop") / "incoming" / name) &&
             !std::filesystem::exists(path("drop") / "processing" / name);
    });
    wait_until_settled();
    const Holders now = access();
    EXPECT_GE(now.at("Staff").size(), 35U) << name;
  }
  drop("whole.csv", whole + "p40,auth0|p40,Sales,Active\n");
  eventually("the whole one", [&] {
    return std::filesystem::exists(path("drop") / "done" / "whole.csv");
  });
  wait_until_settled();
  EXPECT_THAT(access()["Staff"], SizeIs(41));
}

TEST_F(GuardedCompany, WhatAnAdministratorEditsByHandIsFoundAndRepaired) {
  has_people(8);
  take_from_tenant("Sales", "auth0|p1");
  put_into_tenant("Staff", "auth0|stranger");

  const Said looked = rosterd({"reconcile", "--dry-run"});
  EXPECT_EQ(looked.code, 2) << looked.err;
  EXPECT_THAT(looked.out, HasSubstr("missing"));
  EXPECT_THAT(looked.out, HasSubstr("auth0|stranger"));
  EXPECT_FALSE(access()["Sales"].contains("auth0|p1"));

  EXPECT_EQ(rosterd({"reconcile"}).code, 2);
  eventually("the repair", [&] { return access()["Sales"].contains("auth0|p1"); });
  EXPECT_TRUE(access()["Staff"].contains("auth0|stranger")) << "nobody's account is not touched";
}

TEST_F(GuardedCompany, AHeldLeaverIsExplainedAndARejectionStays) {
  has_people(8);
  for (int i = 0; i < 8; ++i) leaves(i);
  wait_until_settled();
  const Json holds = open_holds();
  ASSERT_FALSE(holds.empty());
  const std::string person = json({"status"})["held_leavers"][0];

  const Said explained = rosterd({"people", "explain", person});
  EXPECT_EQ(explained.code, 0) << explained.err;
  EXPECT_THAT(explained.out, HasSubstr(holds[0]["hash"].get<std::string>().substr(0, 12)));

  for (const Json& hold : open_holds()) {
    const std::string hash = hold["hash"];
    EXPECT_EQ(rosterd({"holds", "reject", hash.substr(0, 12), "--yes"}).code, 0);
  }
  const Holders kept = access();
  stop_daemon();
  start_daemon();
  rosterd({"reconcile"});
  wait_until_settled();
  EXPECT_EQ(access(), kept);
  EXPECT_THAT(json({"status"})["held_leavers"], IsEmpty());
}

TEST_F(GuardedCompany, TheAuditFindsTheRowThatSomebodyChanged) {
  has_people(4);
  leaves(1);
  wait_until_settled();
  const Said whole = rosterd({"audit", "verify"});
  EXPECT_EQ(whole.code, 0) << whole.out << whole.err;
  const Said exported = rosterd({"audit", "export", "--format", "csv"});
  EXPECT_THAT(exported.out, HasSubstr("removed"));
  stop_daemon();

  sql("DROP TRIGGER audit_is_never_changed");
  sql("UPDATE audit SET rule = 'nothing happened' WHERE id = 3");

  const Said broken = rosterd({"audit", "verify"});
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.out + broken.err, HasSubstr("3"));
}

}  // namespace
}  // namespace rosterd::test
