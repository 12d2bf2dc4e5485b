#include "company.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace rosterd::test {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

// What begins a line of its own wherever a line feed came through.
const std::string forged_line = "PRIORITY=0";

const std::vector<std::string>& hostile_names() {
  static const std::vector<std::string> names = {
      "'; DROP TABLE person; --",
      "x' OR '1'='1",
      "\"; DELETE FROM outbox; --",
      "one\n" + forged_line + "\nMESSAGE=all is well",
      "carriage\rreturn",
      "\x1b[2J\x1b]0;title\x07red\x1b[31m",
      "csi \u009b31m and next line \u0085",
      "\u202Egnp.exe\u202C",
      "\u2066isolated\u2069 \u061C\u200F",
      "separated\u2028here",
      "=cmd|' /C calc'!A0",
      "@SUM(1+1)*cmd|' /C calc'!A0",
      "{\"json\": [\"person\"]} \\\" \\u0000",
      "\U0001F984\U0001F469\u200D\U0001F4BB",
      "%s%n%d{}",
      "../../../etc/passwd",
      "-rf",
      "ada.lovelace@people.example",
      std::string(250, 'l')};
  return names;
}

/// A log shows the names of groups as they are, and the extension takes none that long.
bool names_a_group(const std::string& name) {
  constexpr std::size_t longest = 100;
  return name.size() <= longest && name.find("@people.example") == std::string::npos;
}

/// The first bytes that could move a terminal's cursor or turn its text around; empty: none.
std::string wild_bytes_of(const std::string& text) {
  static const std::vector<std::string> turning = {
      "\u200E",
      "\u200F",
      "\u061C",
      "\u2028",
      "\u2029",
      "\u202A",
      "\u202B",
      "\u202C",
      "\u202D",
      "\u202E",
      "\u2066",
      "\u2067",
      "\u2068",
      "\u2069"};
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto after = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
    const bool control = (byte < 0x20 && byte != '\n') || byte == 0x7F;
    const bool high_control = byte == 0xC2 && after >= 0x80 && after < 0xA0;
    const bool turns = std::any_of(turning.begin(), turning.end(), [&](const std::string& mark) {
      return text.compare(at, mark.size(), mark) == 0;
    });
    if (control || high_control || turns) return text.substr(at, 20);
  }
  return "";
}

bool has_forged_line(const std::string& text) {
  return text.starts_with(forged_line) || text.find("\n" + forged_line) != std::string::npos;
}

/// How many rows a CSV file (RFC 4180) has.
std::size_t rows_of_csv(const std::string& text) {
  bool quoted = false;
  std::size_t rows = 0;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) ++rows;
  }
  return rows;
}

std::string csv_field(const std::string& text) {
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

/// People, accounts, departments, attributes, groups and rules with names that were made to harm
/// whatever shows or stores them.
class HostileNames : public Company {
 protected:
  /// A group for each name, which the daemon makes in the tenant, and a rule that gives it.
  std::string hostile_policy() const {
    std::string text = policy_text() + "\n[structure]\ncreate = true\n";
    for (const std::string& name : hostile_names()) {
      if (!names_a_group(name)) continue;
      const std::string quoted = Json(name).dump();
      text += "\n[[group]]\nname = " + quoted + "\ndescription = " + quoted + "\n";
      text += "\n[[rule]]\nname = " + Json("rule " + name).dump() +
              "\nwhen = { department = " + quoted + " }\ngroups = [" + quoted + "]\n";
    }
    return text;
  }

  static Json hostile_event(const std::string& name) {
    Json event;
    event["id"] = "event " + name.substr(0, 200);
    event["type"] = "person.changed";
    event["person"]["id"] = name;
    Json& attributes = event["person"]["attributes"];
    attributes["user_id"] = "auth0|" + name;
    attributes["department"] = name;
    attributes["display_name"] = name;
    attributes["status"] = "active";
    attributes["note " + name.substr(0, 40)] = name;
    return event;
  }

  void send_all() {
    for (const std::string& name : hostile_names()) {
      Json event = hostile_event(name);
      WireRequest request;
      request.method = "POST";
      request.target = "/v1/events/hr";
      request.body = event.dump();
      // Headers take no such names; ids of deliveries are the sender's.
      request.headers = signed_headers(webhook_key(), "delivery", request.body);
      const WireAnswer answer = noted(ask(webhook_port(), request).value());
      ASSERT_EQ(answer.status, 202U) << name << answer.body;
    }
    wait_until_settled();
  }

  void expect_tame(const Arguments& command) {
    const Said said = rosterd(command);
    const std::string shown = testing::PrintToString(command);
    EXPECT_THAT(said.code, testing::AnyOf(0, 1, 2, 64)) << shown << said.err;
    EXPECT_EQ(wild_bytes_of(said.out), "") << shown;
    EXPECT_EQ(wild_bytes_of(said.err), "") << shown;
    EXPECT_FALSE(has_forged_line(said.out + "\n" + said.err)) << shown;
  }

  /// Every line is one that the daemon began.
  void expect_whole_lines_in_the_log() const {
    const auto begins =
        testing::MatchesRegex("20[0-9-]+T[0-9:]+Z (debug|info|notice|warning|error) .*");
    std::istringstream lines(told());
    for (std::string line; std::getline(lines, line);) {
      EXPECT_THAT(line, begins);
      EXPECT_EQ(wild_bytes_of(line), "");
    }
  }

  std::string over_socket(const std::string& target) const {
    WireRequest request;
    request.target = target;
    RawClient client = RawClient::local(path("operator.sock").string());
    const std::string answer = client.say(request.bytes()).answer();
    return noted({status_of(answer), body_of(answer)}).body;
  }
};

TEST_F(HostileNames, AreTextEverywhereAndNothingElse) {
  start_sandbox();
  write_policy(hostile_policy());
  start_daemon();

  send_all();

  std::vector<std::string> ids;
  for (const Json& person : json({"people", "list"})) ids.push_back(person["id"]);
  EXPECT_THAT(ids, UnorderedElementsAreArray(hostile_names()));
  Holders expected;
  for (const std::string& name : hostile_names()) {
    expected["Staff"].insert("auth0|" + name);
    if (names_a_group(name)) expected[name].insert("auth0|" + name);
  }
  EXPECT_EQ(access(), expected);
  EXPECT_EQ(json({"status"})["events"]["applied"], hostile_names().size());
  EXPECT_EQ(json({"audit", "verify"})["intact"], true);
  expect_whole_lines_in_the_log();
}

TEST_F(HostileNames, HarmNoOutputOfAnyCommand) {
  start_sandbox();
  write_policy(hostile_policy());
  start_daemon();
  send_all();
  const std::string& gone = hostile_names().front();
  put_into_tenant(hostile_names()[3], "auth0|" + hostile_names()[5]);
  take_from_tenant(gone, "auth0|" + gone);

  for (const Arguments& command :
       {Arguments{"people", "list"},
        Arguments{"events", "list"},
        Arguments{"status"},
        Arguments{"plan"},
        Arguments{"reconcile", "--dry-run"},
        Arguments{"holds", "list"},
        Arguments{"structure", "plan"},
        Arguments{"check"},
        Arguments{"audit", "verify"}}) {
    expect_tame(command);
  }
  for (const std::size_t i : {0U, 3U, 5U, 6U, 7U, 9U}) {
    const std::string& name = hostile_names()[i];
    for (const char* what : {"show", "explain"}) expect_tame({"people", what, name});
    expect_tame({"people", "list", name});
    expect_tame({"people", "show", name, "--at", "2026-03-01"});
    expect_tame({"events", "show", std::to_string(i + 1)});
    expect_tame({"access", "auth0|" + name});
    expect_tame({"people", "show", "nobody " + name});
    expect_tame({"holds", "show", name});
    expect_tame({"import", name + ".csv"});
  }
  const std::string metrics = over_socket("/metrics");
  EXPECT_EQ(wild_bytes_of(metrics), "");
  EXPECT_FALSE(has_forged_line(metrics));
  EXPECT_EQ(Json::parse(over_socket("/api/people"))["people"].size(), hostile_names().size());
  expect_whole_lines_in_the_log();
}

TEST_F(HostileNames, AreExactInTheExportOfTheAudit) {
  start_sandbox();
  write_policy(hostile_policy());
  start_daemon();
  send_all();

  std::set<std::string> people;
  std::size_t rows = 0;
  std::istringstream lines(rosterd({"audit", "export"}).out);
  for (std::string line; std::getline(lines, line); ++rows) {
    const Json row = Json::parse(line);
    if (row["person"].is_string()) people.insert(row["person"]);
  }
  EXPECT_EQ(people, std::set<std::string>(hostile_names().begin(), hostile_names().end()));
  const std::string csv = rosterd({"audit", "export", "--format", "csv"}).out;
  EXPECT_EQ(rows_of_csv(csv), rows + 1);
}

TEST_F(HostileNames, InAFileAreRowsAndItsReportRunsNoFormula) {
  start_sandbox();
  start_daemon();
  std::string text = "Id,Account,Department,Status\n";
  for (const std::string& name : hostile_names()) {
    text += csv_field(name) + "," + csv_field("auth0|" + name) + ",Sales,Active\n";
  }
  text += "p1,auth0|p1,Sales,\"=cmd|' /C calc'!A0\"\n";
  text += "=HYPERLINK(1),auth0|p2,Sales,Active\n=HYPERLINK(1),auth0|p2,Sales,Active\n";
  const std::string file = "'; DROP TABLE intake; --=cmd().csv";

  drop(file, text);

  eventually("the file to be read", [&] {
    return std::filesystem::exists(path("drop") / "done" / file);
  });
  wait_until_settled();
  EXPECT_EQ(json({"people", "list"}).size(), hostile_names().size());
  EXPECT_EQ(access()["Sales"].size(), hostile_names().size());
  const std::string report = text_of_file(path("drop") / "done" / (file + ".errors.csv"));
  EXPECT_THAT(report, HasSubstr(",'=cmd|"));
  EXPECT_THAT(report, HasSubstr(",'=HYPERLINK(1),"));
  EXPECT_THAT(report, testing::Not(HasSubstr(",=")));
  expect_tame({"status"});
  expect_tame({"plan", "--file", (path("drop") / "done" / file).string()});
  expect_whole_lines_in_the_log();
}

TEST_F(HostileNames, WithNulAreRefusedAndNobodyIsHalfStored) {
  start_sandbox();
  start_daemon();
  Json event = change("e1", "p1", "Sales");
  event["person"]["id"] = std::string("ada\0lovelace", 12);

  EXPECT_EQ(send(event).status, 400U);

  EXPECT_TRUE(events().empty());
  expect_whole_lines_in_the_log();
}

}  // namespace
}  // namespace rosterd::test
