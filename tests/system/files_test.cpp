#include "company.hpp"

#include <gmock/gmock.h>

#include <random>

namespace rosterd::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* header = "Id,Account,Department,Status\n";

std::string row(int number, const std::string& department = "Sales") {
  const std::string id = "p" + std::to_string(number);
  return id + ",auth0|" + id + "," + department + ",Active\n";
}

std::string roster_of(int people) {
  std::string text = header;
  for (int i = 0; i < people; ++i) text += row(i);
  return text;
}

std::string random_bytes() {
  std::mt19937 random(4711);
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += static_cast<char>(random() & 0xFFU);
  return text;
}

class Files : public Company {
 protected:
  static constexpr int people = 40;

  void take_first_roster() {
    start_sandbox();
    start_daemon();
    drop("first.csv", roster_of(people));
    lies_in("done", "first.csv");
    wait_until_settled();
    ASSERT_THAT(access()["Staff"], SizeIs(people));
  }

  void lies_in(const std::string& folder, const std::string& name) {
    try {
      eventually(name + " in " + folder, [&] {
        return std::filesystem::exists(path("drop") / folder / name);
      });
    } catch (const std::runtime_error& failure) {
      throw std::runtime_error(failure.what() + std::string("\n") + told());
    }
  }

  std::string errors_of(const std::string& folder, const std::string& name) const {
    return text_of_file(path("drop") / folder / (name + ".errors.csv"));
  }

  /// It goes to rejected/ with the reason beside it, and nobody gains or loses anything.
  void expect_rejected(const std::string& name, const std::string& text, const std::string& why) {
    expect_put_aside("rejected", name, text, why);
  }

  void expect_put_aside(
      const std::string& folder,
      const std::string& name,
      const std::string& text,
      const std::string& why
  ) {
    drop(name, text);
    lies_in(folder, name);
    EXPECT_THAT(errors_of(folder, name), HasSubstr(why)) << name;
    EXPECT_EQ(open_events(), 0U);
    EXPECT_THAT(access()["Staff"], SizeIs(people)) << name;
  }
};

TEST_F(Files, BrokenOnesAreRejectedWithTheReasonAndTheDaemonGoesOn) {
  take_first_roster();

  expect_rejected("noise.csv", random_bytes(), "");
  expect_rejected("latin1.csv", std::string(header) + "p0,auth0|p0,B\xFCro,Active\n", "UTF-8");
  expect_rejected("empty.csv", "", "empty");
  expect_rejected("header.csv", header, "no rows");
  expect_rejected("other.csv", "Name,Town\nAda,London\n", "Id");
  expect_rejected("twice.csv", "Id,Account,Id,Status,Department\n", "Id");
  const std::string open_quote = roster_of(3) + "p3,\"auth0|p3,Sales,Active\n" + row(4);
  expect_put_aside("held", "quote.csv", open_quote, "lacks 35 of the 40");
  expect_rejected("huge.csv", std::string(3'000'000, 'x'), "");

  drop("second.csv", roster_of(people) + row(people));
  lies_in("done", "second.csv");
  wait_until_settled();
  EXPECT_THAT(access()["Staff"], SizeIs(people + 1));
}

TEST_F(Files, ABrokenRowIsReportedAndItsPersonStays) {
  take_first_roster();
  std::string text = header;
  for (int i = 0; i < people - 3; ++i) text += row(i);
  text += "p37,auth0|p37," + std::string(200'000, 'x') + ",Active\n";
  text += std::string("p38,auth0|p38,Sa") + '\0' + "les,Active\n";
  text += "p39,auth0|p39\n";

  drop("broken_rows.csv", text);

  lies_in("done", "broken_rows.csv");
  const std::string errors = errors_of("done", "broken_rows.csv");
  for (const char* line : {"\n39,", "\n40,", "\n41,"}) EXPECT_THAT(errors, HasSubstr(line));
  wait_until_settled();
  EXPECT_THAT(access()["Staff"], SizeIs(people));
}

TEST_F(Files, ACutRosterIsHeldAndEndsNobodyUntilAPersonApproves) {
  take_first_roster();
  const std::string whole = roster_of(people);
  write_file(path("cut.csv"), whole.substr(0, whole.size() / 2));

  const Said cut = rosterd({"import", path("cut.csv").string()});
  EXPECT_EQ(cut.code, 1) << cut.out << cut.err;
  lies_in("held", "cut.csv");
  EXPECT_EQ(open_events(), 0U);
  EXPECT_THAT(access()["Staff"], SizeIs(people));

  const Said approved = rosterd({"import", path("cut.csv").string(), "--approve-missing"});
  EXPECT_EQ(approved.code, 0) << approved.out << approved.err;
  wait_until_settled();
  const auto left = access()["Staff"].size();
  EXPECT_LT(left, people / 2 + 2U);
  EXPECT_GT(left, people / 2 - 2U);
}

TEST_F(Files, TheSameRosterAgainChangesNothing) {
  take_first_roster();
  const auto calls = calls_to("PATCH /api/groups/{id:guid}/members");

  drop("again.csv", roster_of(people));

  lies_in("done", "again.csv");
  EXPECT_EQ(events().size(), people);
  EXPECT_EQ(calls_to("PATCH /api/groups/{id:guid}/members"), calls);
}

TEST_F(Files, AFileWhoseReadingWasKilledIsReadAgain) {
  start_sandbox();
  constexpr int many = 30'000;
  const std::string text = roster_of(many);
  Program& daemon = start_daemon();
  drop("big.csv", text);
  eventually("the file to be taken", [this] {
    return !std::filesystem::exists(path("drop") / "incoming" / "big.csv");
  });
  daemon.kill();
  daemon.wait();

  start_daemon();

  lies_in("done", "big.csv");
  EXPECT_EQ(json({"status"})["files"].size(), 1U);
  eventually("everybody to be a member", [this] { return access()["Staff"].size() == many; });
  EXPECT_EQ(stop_daemon(), 0);
}

}  // namespace
}  // namespace rosterd::test
