#include "cli/ask_daemon.hpp"

#include "cli/context.hpp"
#include "cli/exit_code.hpp"
#include "support/temp_store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <unistd.h>

namespace rosterd::cli {
namespace {

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const CommandError& error) {
    EXPECT_EQ(error.exit_code(), exit_code::failed);
    return error.what();
  }
  return "";
}

testing::AssertionResult says(const std::string& text, const std::string& wanted) {
  if (text.find(wanted) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << wanted << "\" is not in: " << text;
}

class AskingTheDaemon : public testing::Test {
 protected:
  AskingTheDaemon() {
    config.file = "/etc/rosterd/rosterd.toml";
    config.operator_.socket = folder.path() / "operator.sock";
    post.target = "/healthz";
    post.answer_max = std::chrono::seconds{5};
  }

  test::TempFolder folder;
  Config config;
  DaemonPost post;
};

TEST_F(AskingTheDaemon, GivesNothingWhereNoneRuns) {
  EXPECT_FALSE(ask_daemon(config, post));
  config.operator_.socket.clear();
  EXPECT_FALSE(ask_daemon(config, post));
}

TEST_F(AskingTheDaemon, ForWhatOnlyItCanDoSaysHowToStartIt) {
  const std::string text = refusal([&] { ask_running_daemon(config, post); });
  EXPECT_TRUE(says(text, "none listens on " + config.operator_.socket.string()));
  EXPECT_TRUE(says(text, "systemctl start rosterd"));
}

TEST_F(AskingTheDaemon, WithoutASocketNamesTheSettingThatIsMissing) {
  config.operator_.socket.clear();
  const std::string text = refusal([&] { ask_running_daemon(config, post); });
  EXPECT_TRUE(says(text, "/etc/rosterd/rosterd.toml gives it no [operator] socket"));
}

TEST_F(AskingTheDaemon, DoesNotTakeASocketThatCannotBeUsedForAMissingDaemon) {
  config.operator_.socket = folder.path() / std::string(200, 'x');
  EXPECT_TRUE(says(refusal([&] { ask_daemon(config, post); }), "cannot be asked at"));
}

TEST(ARefusalOfTheDaemon, IsTold) {
  http::UnixAnswer answer;
  answer.status = 503;
  answer.body = R"({"error": "the tenant could not be read"})";
  EXPECT_EQ(
      refusal([&] { refused(answer); }),
      "the daemon refused (HTTP 503): the tenant could not be read"
  );
  answer.body = "no JSON";
  EXPECT_EQ(refusal([&] { refused(answer); }), "the daemon refused (HTTP 503)");
}

TEST(TheUser, IsWhoeverCalledSudoAndIsBelievedOnlyOfRoot) {
  unsetenv("SUDO_USER");
  const std::string name = user_name();
  EXPECT_FALSE(name.empty());
  setenv("SUDO_USER", "anna", 1);
  const std::string through_sudo = user_name();
  unsetenv("SUDO_USER");
  EXPECT_EQ(through_sudo, getuid() == 0 ? "anna" : name);
}

}  // namespace
}  // namespace rosterd::cli
