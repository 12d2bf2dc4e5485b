#include "cli/command_line.hpp"

#include "cli/completion.hpp"
#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace rosterd::cli {
namespace {

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> found;
  for (std::string word; in >> word;) found.push_back(word);
  return found;
}

template <class T>
T parsed(const std::string& line) {
  const Command command = parse(words(line));
  if (const auto* exit = std::get_if<Exit>(&command)) ADD_FAILURE() << line << ": " << exit->text;
  return std::get<T>(command);
}

Exit ended(const std::string& line) {
  const Command command = parse(words(line));
  const auto* exit = std::get_if<Exit>(&command);
  if (exit == nullptr) {
    ADD_FAILURE() << line << " was taken";
    return Exit{};
  }
  return *exit;
}

TEST(CommandLine, EveryCommandIsRead) {
  EXPECT_EQ(parsed<Serve>("serve --config a.toml").common.config, "a.toml");
  EXPECT_TRUE(parsed<Check>("check --offline").offline);
  EXPECT_EQ(parsed<PlanCommand>("plan --file r.csv --drop hr").roster, "r.csv");
  EXPECT_EQ(parsed<PlanCommand>("plan --person 4711").person, "4711");
  EXPECT_EQ(parsed<PlanCommand>("plan --policy new.toml").policy, "new.toml");
  EXPECT_TRUE(parsed<Import>("import r.csv --approve-missing").approve_missing);
  EXPECT_TRUE(parsed<Status>("status --json").common.json);
  EXPECT_EQ(parsed<EventsList>("events list").limit, 50U);
  EXPECT_EQ(parsed<EventsShow>("events show 17").id, 17);
  EXPECT_TRUE(parsed<EventsReplay>("events replay --id 1 -y").yes);
  EXPECT_EQ(parsed<EventsCancel>("events cancel --id 1").reason, "cancelled by hand");
  EXPECT_EQ(parsed<PeopleList>("people list ada").search, "ada");
  EXPECT_EQ(parsed<PeopleShow>("people show 4711").id, "4711");
  EXPECT_FALSE(parsed<PeopleShow>("people show 4711").at);
  EXPECT_EQ(parsed<PeopleExplain>("people explain 4711").id, "4711");
  EXPECT_FALSE(parsed<PeopleExplain>("people explain 4711").offline);
  EXPECT_TRUE(parsed<PeopleExplain>("people explain 4711 --offline").offline);
  EXPECT_TRUE(parsed<HoldsList>("holds list --all").all);
  EXPECT_EQ(parsed<HoldsList>("holds list --limit 7").limit, 7U);
  EXPECT_EQ(parsed<HoldsShow>("holds show 3F2A9B").hash, "3f2a9b");
  EXPECT_FALSE(parsed<ReconcileCommand>("reconcile").dry_run);
  EXPECT_TRUE(parsed<ReconcileCommand>("reconcile --dry-run --json").dry_run);
  EXPECT_FALSE(parsed<AuditExport>("audit export").csv);
  EXPECT_FALSE(parsed<AuditExport>("audit export --format jsonl").csv);
  EXPECT_TRUE(parsed<AuditExport>("audit export --format csv").csv);
  EXPECT_EQ(parsed<AuditVerify>("audit verify").head, "");
  EXPECT_EQ(parsed<AccessCommand>("access auth0|1 --application x").application, "x");
  EXPECT_FALSE(parsed<StructureCommand>("structure plan").apply);
  EXPECT_TRUE(parsed<StructureCommand>("structure apply").apply);
  EXPECT_TRUE(parsed<MigrateCommand>("migrate --status").status_only);
  EXPECT_EQ(parsed<BackupCommand>("backup copy.db").file, "copy.db");
  EXPECT_FALSE(parsed<BackupCommand>("backup copy.db").force);
  EXPECT_TRUE(parsed<BackupCommand>("backup copy.db --force").force);
  EXPECT_TRUE(parsed<Version>("version --json").json);
}

TEST(CommandLine, AHoldIsDecidedAboutAsAWholeOrForSomePeople) {
  const auto all = parsed<HoldsDecide>("holds approve 3f2a9b01c4de");
  EXPECT_TRUE(all.approve);
  EXPECT_TRUE(all.people.empty());
  EXPECT_FALSE(all.yes);

  const auto some =
      parsed<HoldsDecide>("holds reject --person 4711 --person 4712 3f2a9b --note typo --yes");
  EXPECT_FALSE(some.approve);
  EXPECT_EQ(some.hash, "3f2a9b");
  EXPECT_EQ(some.people, (std::vector<std::string>{"4711", "4712"}));
  EXPECT_EQ(some.note, "typo");
  EXPECT_TRUE(some.yes);
}

TEST(CommandLine, ATimeIsAnInstantOrTheFirstMomentOfADay) {
  const auto show = parsed<PeopleShow>("people show 4711 --at 2026-03-01T12:30:00+01:00");
  EXPECT_EQ(to_string(show.at.value()), "2026-03-01T11:30:00Z");
  const auto rows = parsed<AuditExport>("audit export --from 2026-03-01 --to 2026-04-01");
  EXPECT_EQ(to_string(rows.from.value()), "2026-03-01T00:00:00Z");
  EXPECT_EQ(to_string(rows.to.value()), "2026-04-01T00:00:00Z");
}

TEST(CommandLine, TheSandboxIsLossyUnlessToldOtherwise) {
  EXPECT_TRUE(parsed<SandboxCommand>("sandbox").lossy);
  EXPECT_FALSE(parsed<SandboxCommand>("sandbox --no-lossy").lossy);
  EXPECT_EQ(ended("sandbox --tls-cert a.pem").code, exit_code::usage) << "a key is needed, too";
  EXPECT_EQ(ended("sandbox --latency -1").code, exit_code::usage);
}

TEST(CommandLine, TheConfigurationComesFromTheEnvironmentUnlessItIsNamed) {
  setenv("ROSTERD_CONFIG", "/from/environment.toml", 1);
  const auto from_environment = parsed<Status>("status").common.config;
  const auto named = parsed<Status>("status -c named.toml").common.config;
  unsetenv("ROSTERD_CONFIG");
  EXPECT_EQ(from_environment, "/from/environment.toml");
  EXPECT_EQ(named, "named.toml");
  EXPECT_EQ(parsed<Status>("status").common.config, "/etc/rosterd/rosterd.toml");
}

TEST(CommandLine, EventsAreSelectedByEverythingThatIsSaid) {
  const EventSelection selection =
      parsed<EventsList>(
          "events list --id 1 --id 2 --person 4711 --state dead --state retrying "
          "--class transient --source hr --from 2026-03-01 --to 2026-03-02T10:00:00Z"
      )
          .selection;
  EXPECT_EQ(selection.ids, (std::vector<EventId>{1, 2}));
  EXPECT_EQ(selection.person, PersonId("4711"));
  EXPECT_EQ(selection.states, (std::vector{EventState::dead, EventState::retrying}));
  EXPECT_EQ(selection.error, ErrorClass::transient);
  EXPECT_EQ(selection.source, "hr");
  EXPECT_EQ(to_string(selection.received_from.value()), "2026-03-01T00:00:00Z");
  EXPECT_EQ(to_string(selection.received_to.value()), "2026-03-02T10:00:00Z");
}

struct Misuse {
  std::string line;
  std::string remedy;  ///< what the text must name
};

class UsageErrors : public testing::TestWithParam<Misuse> {};

TEST_P(UsageErrors, EndWith64AndSayWhatWouldBeRight) {
  const Exit exit = ended(GetParam().line);
  EXPECT_EQ(exit.code, exit_code::usage);
  EXPECT_NE(exit.text.find(GetParam().remedy), std::string::npos) << exit.text;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    UsageErrors,
    testing::Values(
        Misuse{"", "--help"},
        Misuse{"srve", "--help"},
        Misuse{"events", "--help"},
        Misuse{"status --jsn", "--help"},
        Misuse{"import", "file"},
        Misuse{"people show", "id"},
        Misuse{"events show seventeen", "--help"},
        Misuse{"events list --state died", "dead"},
        Misuse{"events list --class odd", "transient"},
        Misuse{"events list --from yesterday", "2026-03-01"},
        Misuse{"events list --person \xff", "UTF-8"},
        Misuse{"events list --limit many", "--help"},
        Misuse{"people show 4711 --at noon", "2026-03-01"},
        Misuse{"people explain", "id"},
        Misuse{"holds", "--help"},
        Misuse{"holds show", "hash"},
        Misuse{"holds show 3f2a9", "first 6"},
        Misuse{"holds approve 3f2a9x", "hexadecimal"},
        Misuse{"holds reject 3f2a9b --person \xff", "UTF-8"},
        Misuse{"holds reject 3f2a9b --note \xff", "UTF-8"},
        Misuse{"audit export --format xml", "csv"},
        Misuse{"audit export --from yesterday", "2026-03-01"},
        Misuse{"audit verify --head 3f2a9b", "64"},
        Misuse{"completion tcsh", "bash"}
    )
);

const std::vector<std::string>& all_commands() {
  static const std::vector<std::string> all = {
      "",
      "serve",
      "check",
      "plan",
      "import",
      "status",
      "events",
      "events list",
      "events show",
      "events replay",
      "events cancel",
      "people",
      "people list",
      "people show",
      "people explain",
      "holds",
      "holds list",
      "holds show",
      "holds approve",
      "holds reject",
      "reconcile",
      "audit",
      "audit export",
      "audit verify",
      "access",
      "structure",
      "structure plan",
      "structure apply",
      "sandbox",
      "backup",
      "migrate",
      "completion",
      "version"};
  return all;
}

TEST(Help, ShowsAnExampleOfEveryCommandAndGroup) {
  for (const std::string& command : all_commands()) {
    const Exit exit = ended(command + " --help");
    EXPECT_EQ(exit.code, exit_code::done) << command;
    EXPECT_NE(exit.text.find("Examples:"), std::string::npos) << command;
    EXPECT_NE(exit.text.find("rosterd " + command), std::string::npos) << command;
  }
}

/// Its examples are lines that the parser takes.
TEST(Help, GivesExamplesThatWork) {
  for (const std::string& command : all_commands()) {
    std::istringstream help(ended(command + " --help").text);
    for (std::string line; std::getline(help, line);) {
      const std::string prefix = "  rosterd ";
      if (!line.starts_with(prefix) || line.find_first_of("'|") != std::string::npos) continue;
      const Command parsed_command = parse(words(line.substr(prefix.size())));
      EXPECT_FALSE(std::holds_alternative<Exit>(parsed_command)) << line;
    }
  }
}

TEST(Completion, IsAScriptThatBashTakesAndCompletesWith) {
  const Exit exit = ended("completion bash");
  ASSERT_EQ(exit.code, exit_code::done);
  const std::filesystem::path script =
      std::filesystem::temp_directory_path() / ("rosterd-completion-" + std::to_string(getpid()));
  std::ofstream(script
  ) << exit.text
    << "for line in 'rosterd eve' 'rosterd events re' 'rosterd events list --sta' "
       "'rosterd -x plan --fi'; do\n"
       "  COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _rosterd\n"
       "  [ -n \"$COMPREPLY\" ] && echo \"${COMPREPLY[*]}\"\n"
       "done > \"$1\"\n";
  const std::string answers = script.string() + ".out";
  EXPECT_EQ(std::system(("bash -n " + script.string()).c_str()), 0);
  EXPECT_EQ(std::system(("bash " + script.string() + " " + answers).c_str()), 0);
  std::ostringstream said;
  said << std::ifstream(answers).rdbuf();
  std::filesystem::remove(script);
  std::filesystem::remove(answers);
  EXPECT_EQ(said.str(), "events\nreplay\n--state\n--file\n");
}

TEST(Completion, KnowsEveryCommandInEveryShell) {
  for (const std::string& shell : completion_shells()) {
    const std::string script = ended("completion " + shell).text;
    for (const std::string& command : all_commands()) {
      if (command.empty()) continue;
      EXPECT_NE(script.find("' " + command + "'"), std::string::npos) << shell << ": " << command;
    }
  }
}

}  // namespace
}  // namespace rosterd::cli
