#pragma once

#include "rosterd/adapters/extension/client.hpp"
#include "rosterd/adapters/http/server.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/ingest/webhook.hpp"
#include "rosterd/sandbox/sandbox.hpp"
#include "rosterd/sync/engine.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_store.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace rosterd::test {

using Json = nlohmann::json;
/// Group or role → accounts; what nobody has is left out.
using Holders = std::map<std::string, std::set<std::string>>;

/// Goes as real time does, and can be put forward: waits of hours take no time.
class TravellingClock : public Clock {
 public:
  Instant now() const override {
    const auto real = std::chrono::system_clock::now();
    return std::chrono::time_point_cast<Duration>(real) + ahead_;
  }
  Duration monotonic() const override {
    const auto real = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<Duration>(real) + ahead_;
  }
  void travel_to(Instant instant) { ahead_ += std::max(instant - now(), Duration{0}); }

 private:
  Duration ahead_{0};
};

class SilentMeasurements : public Measurements {
 public:
  void access_revoked(Duration) override {}
  void event_applied(Duration, bool) override {}
};

class RememberingLog : public Log {
 public:
  void write(LogLevel, std::string_view message, const std::vector<LogField>& fields) override;
  std::string end() const;  ///< of the text, for a failure's message
  std::string text;
};

/// The whole of rosterd and its tenant in one process and on one loop: signed webhooks come in over
/// HTTP, the sandbox is called over HTTP or HTTPS, the store is a real file.
///
/// Nothing runs by itself: a test posts events and then lets the worker bring everything to an end,
/// with the clock put forward over every wait.
class Whole : public testing::Test {
 protected:
  Whole() = default;
  ~Whole() override;

  /// Everybody has Staff, and the group that their department is called.
  static std::string policy_text(const std::vector<std::string>& departments);
  /// Before `start`.
  sandbox::Options sandbox_options;
  TargetConfig target;
  WorkerConfig worker;
  bool tls = false;
  std::string policy = policy_text({"Engineering", "Sales", "Finance"});

  /// Makes the groups of the policy in the tenant, and everything else.
  void start(const std::vector<std::string>& groups = {"Staff", "Engineering", "Sales", "Finance"});

  /// Posts the events as one signed delivery; gives the answer's status.
  unsigned post(const Json& events);
  unsigned post_forged(const Json& events);
  /// What is due now, once.
  Task<void> one_round();
  /// The worker works until nothing is due, the clock put forward over every wait.
  void settle();

  std::uint64_t stat(const std::string& name);
  /// Calls at the sandbox since the last `forget_calls`, by route.
  std::map<std::string, std::uint64_t> calls();
  /// Those among them for groups, roles and the roles of users.
  std::uint64_t assignment_calls();
  void forget_calls();
  /// The whole fault plan of the sandbox from now on, as `POST /sandbox/faults` takes it.
  void tenant_is(const Json& faulty);
  Holders access() const;
  std::map<EventState, std::uint64_t> event_states() const;

  std::unique_ptr<Views> views() const;

  /// Runs the loop until the task has ended; the servers go on. Throws when it takes too long.
  template <class T>
  T run(Task<T> task) {
    struct Result {
      std::optional<T> value;
      std::exception_ptr failed;
      bool done = false;
      asio::cancellation_signal cancel;
    };
    // Shared, because a task that takes too long may end after this has thrown.
    const auto result = std::make_shared<Result>();
    auto on_exit = [result](std::exception_ptr error, T value) {
      result->failed = error;
      if (!error) result->value.emplace(std::move(value));
      result->done = true;
    };
    asio::co_spawn(
        loop,
        std::move(task),
        asio::bind_cancellation_slot(result->cancel.slot(), std::move(on_exit))
    );
    try {
      run_until(result->done);
    } catch (const std::runtime_error&) {
      result->cancel.emit(asio::cancellation_type::terminal);
      run_until(result->done);
      throw;
    }
    if (result->failed) std::rethrow_exception(result->failed);
    return std::move(result->value.value());
  }
  void run(Task<void> task) { run(as_value(std::move(task))); }
  void run_until(const bool& done);

  asio::io_context loop{1};
  TravellingClock clock;
  RememberingLog log;
  std::unique_ptr<sandbox::Sandbox> tenant;
  std::unique_ptr<sqlite::Store> store;
  std::unique_ptr<extension::Client> client;
  std::unique_ptr<sync::Engine> engine;

 private:
  void start_tenant(const std::vector<std::string>& groups);
  void start_webhooks();
  void serve(http::Server& server);
  HttpResponse ask_tenant(
      const std::string& method, const std::string& target_path, const std::string& body = {}
  );
  static Task<bool> as_value(Task<void> task);
  Task<void> work_until_nothing_is_due();
  Task<unsigned> deliver(std::string body, std::string key);

  TempFolder folder_;
  system::SystemTimeZones zones_;
  FixedRandomness randomness_;
  SilentMeasurements measurements_;
  std::unique_ptr<Crypto> crypto_ = openssl::make_crypto();
  std::stop_source stop_;
  std::unique_ptr<http::Server> tenant_server_;
  std::unique_ptr<ingest::WebhookEndpoint> endpoint_;
  std::unique_ptr<http::Server> webhook_server_;
  int deliveries_ = 0;
};

/// An event about a person who has the account `auth0|ID`.
Json change(const std::string& person, const std::string& department);
Json leaving(const std::string& person);

}  // namespace rosterd::test
