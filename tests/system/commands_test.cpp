#include "company.hpp"

#include <gmock/gmock.h>

namespace rosterd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Commands : public Company {
 protected:
  std::string place_in(const std::string& file, const std::string& line_and_column) const {
    return path(file).string() + ":" + line_and_column + ": ";
  }
};

TEST_F(Commands, AUsageErrorEndsWith64) {
  for (const Arguments& wrong :
       {Arguments{},
        Arguments{"--frobnicate"},
        Arguments{"status", "--frobnicate"},
        Arguments{"events"},
        Arguments{"events", "show", "first"},
        Arguments{"import"}}) {
    const Said said = rosterd(wrong);
    EXPECT_EQ(said.code, 64) << testing::PrintToString(wrong);
    EXPECT_THAT(said.err + said.out, HasSubstr("rosterd")) << testing::PrintToString(wrong);
  }
  EXPECT_EQ(rosterd({"--help"}).code, 0);
  EXPECT_EQ(rosterd({"--version"}).code, 0);
}

TEST_F(Commands, AConfigurationErrorEndsWith78AndSaysWhereAllAre) {
  start_sandbox();
  write_config(
      "policy = \"policy.toml\"\n[target]\nbase_ur = "
      "\"http://127.0.0.1/api\"\n[store]\nopen_events_max = \"many\"\n"
  );
  for (const char* command : {"serve", "check", "status", "plan"}) {
    const Said said = rosterd({command});
    EXPECT_EQ(said.code, 78) << command;
    EXPECT_THAT(
        said.err,
        AllOf(
            HasSubstr(place_in("rosterd.toml", "3:1")),
            HasSubstr("did you mean"),
            HasSubstr(path("rosterd.toml").string() + ":5:")
        )
    ) << command;
  }
}

TEST_F(Commands, ABrokenPolicyEndsWith78AndSaysWhere) {
  start_sandbox();
  write_policy("[[rule]]\nname = \"everyone\"\ngroups = [\"Staff\"\n");
  for (const char* command : {"serve", "check", "plan"}) {
    const Said said = rosterd({command});
    EXPECT_EQ(said.code, 78) << command;
    EXPECT_THAT(said.err, HasSubstr(path("policy.toml").string() + ":")) << command;
  }
}

TEST_F(Commands, AMissingSecretEndsWith78) {
  start_sandbox();
  environment.erase("TEST_CLIENT_SECRET");
  const Said said = rosterd({"serve"});
  EXPECT_EQ(said.code, 78);
  EXPECT_THAT(said.err, AllOf(HasSubstr("rosterd.toml:"), HasSubstr("TEST_CLIENT_SECRET")));
}

TEST_F(Commands, APlanEndsWith2WhenThereIsSomethingToDoAndWith0WhenNot) {
  start_sandbox();
  write_file(path("roster.csv"), "Id,Account,Department,Status\np1,auth0|p1,Sales,Active\n");
  const Arguments plan = {"plan", "--file", path("roster.csv").string()};

  const Said before = rosterd(plan);
  EXPECT_EQ(before.code, 2) << before.err;
  EXPECT_THAT(before.out, AllOf(HasSubstr("Staff"), HasSubstr("Sales")));
  EXPECT_TRUE(access().empty());

  ASSERT_EQ(rosterd({"import", path("roster.csv").string()}).code, 0);
  EXPECT_EQ(rosterd({"plan"}).code, 2);
  start_daemon();
  wait_until_settled();

  const Said after = rosterd(plan);
  EXPECT_EQ(after.code, 0) << after.out << after.err;
  EXPECT_EQ(rosterd({"plan"}).code, 0);
}

TEST_F(Commands, WithoutAStoreTheyFailAndSayWhatMakesOne) {
  start_sandbox();
  for (const Arguments& command :
       {Arguments{"status"}, Arguments{"events", "list"}, Arguments{"people", "show", "p1"}}) {
    const Said said = rosterd(command);
    EXPECT_EQ(said.code, 1);
    EXPECT_THAT(said.err, HasSubstr("rosterd serve"));
  }
}

TEST_F(Commands, WhatIsNotThereIsAFailure) {
  start_sandbox();
  start_daemon();
  EXPECT_EQ(rosterd({"people", "show", "nobody"}).code, 1);
  EXPECT_EQ(rosterd({"events", "show", "4711"}).code, 1);
  EXPECT_EQ(rosterd({"import", path("nothing.csv").string()}).code, 1);
}

}  // namespace
}  // namespace rosterd::test
