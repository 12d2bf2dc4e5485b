#pragma once

#include "rosterd/adapters/extension/client.hpp"
#include "scripted_peer.hpp"
#include "support/manual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::test {

/// Keeps what was logged, as one text.
class RecordingLog : public Log {
 public:
  void write(LogLevel, std::string_view message, const std::vector<LogField>& fields) override {
    text += message;
    for (const LogField& field : fields) text += " " + std::string(field.name) + "=" + field.value;
    text += "\n";
  }
  std::string text;
};

inline const EntitlementId staff("5a1e0000-0000-4000-8000-000000000001");
inline const EntitlementId developer("5a1e0000-0000-4000-8000-000000000002");
inline const AccountId alice("auth0|alice");

inline const std::string staff_path = "/api/groups/" + staff.value;

/// A tenant on loopback, a place that gives tokens, and a client that hurries.
class TenantTest : public testing::Test {
 protected:
  TenantTest() {
    config.base_url = "http://127.0.0.1:" + std::to_string(tenant.port()) + "/api";
    config.token_url = "http://127.0.0.1:" + std::to_string(tokens.port()) + "/oauth/token";
    config.client_id = "rosterd-client";
    config.client_secret = Secret("s3cr3t-of-the-application");
    config.calls_per_second = 1e6;
    config.burst = 1e6;
  }

  void TearDown() override {
    made_.reset();
    tenant.stop();
    tokens.stop();
    loop.restart();
    loop.run();
    EXPECT_EQ(tenant.surprises(), std::vector<std::string>());
    EXPECT_EQ(tokens.surprises(), std::vector<std::string>());
    EXPECT_EQ(tenant.unasked(), 0U);
    EXPECT_EQ(tokens.unasked(), 0U);
  }

  extension::Client& client() {
    if (!made_) {
      made_ = std::make_unique<extension::Client>(loop.get_executor(), config, clock, log);
    }
    return *made_;
  }

  void token_is_given(const std::string& token = "token-1", int life_seconds = 86'400) {
    tokens.expects("POST", "/oauth/token")
        .replies(
            200,
            R"({"access_token":")" + token + R"(","expires_in":)" + std::to_string(life_seconds) +
                R"(,"scope":"read:groups update:groups","token_type":"Bearer"})"
        );
  }

  Expectation& add_is_expected() { return tenant.expects("PATCH", staff_path + "/members"); }
  Expectation& groups_are_expected() { return tenant.expects("GET", "/api/groups"); }
  static std::string no_groups() { return R"({"groups":[],"total":0})"; }

  Answer<Acknowledged> add_alice() { return run(client().add_members(staff, {alice})); }

  /// Runs the loop until the task has ended; the peers go on waiting.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> value;
    std::exception_ptr failed;
    bool done = false;
    asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T result) {
      failed = error;
      if (!error) value.emplace(std::move(result));
      done = true;
    });
    run_until(done);
    if (failed) std::rethrow_exception(failed);
    return std::move(value.value());
  }

  void run_until(const bool& done) {
    loop.restart();
    while (!done && loop.run_one() > 0) {
    }
  }

  asio::io_context loop{1};
  ManualClock clock;
  RecordingLog log;
  ScriptedPeer tenant{loop};
  ScriptedPeer tokens{loop};
  TargetConfig config;

 private:
  std::unique_ptr<extension::Client> made_;
};

/// `applied`, or the class and status: what a test compares.
template <class T>
std::string outcome(const Answer<T>& answer) {
  if (answer) return "done";
  return std::string(to_string(answer.error().error)) + " " + std::to_string(answer.error().status);
}

}  // namespace rosterd::test
