#pragma once

#include "support/program.hpp"
#include "support/temp_store.hpp"
#include "support/wire.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace rosterd::test {

using Json = nlohmann::json;
using Arguments = std::vector<std::string>;

/// Group or role → accounts; what nobody has is left out.
using Holders = std::map<std::string, std::set<std::string>>;

/// A company with a tenant (`rosterd sandbox`) and a daemon (`rosterd serve`), both the real
/// program, in a folder of their own and on ports that the system chose.
///
/// People have the account that their `user_id` names; the policy gives everybody Staff, each
/// department its group, and engineers a role. Everybody has an e-mail address. When a test ends,
/// nothing that any of its programs wrote, said or answered may hold a secret, and no log an e-mail
/// address.
class Company : public testing::Test {
 protected:
  Company();
  void TearDown() override;

  void start_sandbox(const Arguments& more = {});
  /// The configuration's text with every default of these tests; written by `write_config`.
  std::string config_text() const;
  std::string policy_text() const;
  void write_config(const std::string& text) const;
  void write_policy(const std::string& text) const;
  /// A file for a setting to name. No other file may have the text of it when the test ends.
  void write_secret(const std::string& name, const std::string& text);

  /// Starts the daemon, and returns when it is ready.
  Program& start_daemon();
  /// Starts it, and returns at once.
  Program& launch_daemon();
  /// What the last daemon told so far.
  std::string told() const { return text_of_file(daemon_log_); }
  bool is_ready() const;
  /// Of the last daemon, once it is ready.
  std::uint16_t webhook_port() const;
  /// SIGTERM; gives the exit code.
  int stop_daemon();

  Said rosterd(const Arguments& arguments);
  /// A command's JSON; the test fails when the command does.
  Json json(Arguments arguments);
  std::size_t open_events();
  void wait_until_settled();
  /// Newest first.
  Json events() { return json({"events", "list", "--limit", "1000000"}); }

  WireAnswer send(const Json& event);
  /// The same answer, kept until the test ends.
  WireAnswer noted(const WireAnswer& answer) const;
  Json stats() const;
  std::uint64_t calls_to(const std::string& route) const;
  void set_faults(const Json& plan) const;
  /// Who has what, asked of the tenant itself.
  Holders access() const;
  /// By somebody else, in the tenant itself.
  void put_into_tenant(const std::string& group, const std::string& account) const;
  void take_from_tenant(const std::string& group, const std::string& account) const;

  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  void write_file(const std::filesystem::path& file, const std::string& text) const;
  /// As a careful sender does it: written under a hidden name, then renamed.
  void drop(const std::string& name, const std::string& text) const;

  static const std::string& webhook_key();

  std::map<std::string, std::string> environment;
  bool guarded = false;  ///< most tests are about what the guard would keep them from

 private:
  Launch launch(const Arguments& arguments, const std::string& name) const;
  std::string token() const;
  void edit_members(const std::string& method, const std::string& group, const std::string& account)
      const;

  void expect_nothing_leaked() const;

  TempFolder folder_;
  std::set<std::filesystem::path> secret_files_;
  std::set<std::string> secrets_;
  std::unique_ptr<Program> sandbox_;
  std::unique_ptr<Program> daemon_;
  std::filesystem::path daemon_log_;
  std::uint16_t sandbox_port_ = 0;
  int launched_ = 0;
};

/// An event about a person who has the account `auth0|ID`.
Json change(const std::string& id, const std::string& person, const std::string& department);
Json leaving(const std::string& id, const std::string& person);

}  // namespace rosterd::test
