#include "company.hpp"

#include <gmock/gmock.h>

#include <array>
#include <sys/socket.h>
#include <sys/un.h>

namespace rosterd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

/// The service manager's end of $NOTIFY_SOCKET.
class ServiceManagerSocket {
 public:
  explicit ServiceManagerSocket(const std::filesystem::path& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("cannot bind " + path.string());
    }
  }
  ~ServiceManagerSocket() { ::close(fd_); }
  ServiceManagerSocket(const ServiceManagerSocket&) = delete;
  ServiceManagerSocket& operator=(const ServiceManagerSocket&) = delete;

  /// The first line of the next message.
  std::string hears() const {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(wait_max);
    if (::poll(&waiting, 1, static_cast<int>(time.count())) <= 0) return "nothing";
    std::array<char, 1024> buffer{};
    const auto bytes = ::recv(fd_, buffer.data(), buffer.size(), 0);
    const std::string text(buffer.data(), static_cast<std::size_t>(bytes));
    return text.substr(0, text.find('\n'));
  }

 private:
  int fd_;
};

class Service : public Company {
 protected:
  void reload_with(const std::string& policy) {
    write_policy(policy);
    daemon->signal(SIGHUP);
  }

  Program* daemon = nullptr;
};

TEST_F(Service, IsReadyOnlyAfterRecovery) {
  start_sandbox();
  daemon = &start_daemon();
  set_faults({{"latency_ms", 20'000}});
  ASSERT_EQ(send(change("e1", "p1", "Sales")).status, 202U);
  eventually("the event to be in the worker's hands", [this] {
    return events().front()["state"] == "running";
  });
  daemon->kill();
  daemon->wait();
  set_faults(Json::object());
  const ServiceManagerSocket manager(path("notify"));
  environment["NOTIFY_SOCKET"] = path("notify").string();

  daemon = &launch_daemon();

  EXPECT_EQ(manager.hears(), "READY=1");
  EXPECT_THAT(told(), HasSubstr("recovered after a crash requeued=1"));
  wait_until_settled();
  EXPECT_EQ(events().front()["crashes"], 0) << "a kill from outside is no event's doing";
  EXPECT_THAT(access()["Sales"], ElementsAre("auth0|p1"));
  EXPECT_EQ(stop_daemon(), 0);
  EXPECT_EQ(manager.hears(), "STOPPING=1");
}

TEST_F(Service, ReadsThePolicyAgainOnSighup) {
  start_sandbox();
  const ServiceManagerSocket manager(path("notify"));
  environment["NOTIFY_SOCKET"] = path("notify").string();
  daemon = &start_daemon();
  EXPECT_EQ(manager.hears(), "READY=1");
  send(change("e1", "p1", "Sales"));
  wait_until_settled();

  reload_with(
      policy_text() +
      "\n[[rule]]\nname = \"payers\"\nwhen = { department = \"Sales\" }\ngroups = [\"Finance\"]\n"
  );

  EXPECT_EQ(manager.hears(), "RELOADING=1");
  EXPECT_EQ(manager.hears(), "READY=1");
  eventually("the new rule to be applied", [this] {
    return access()["Finance"].contains("auth0|p1");
  });

  reload_with(policy_text());

  EXPECT_EQ(manager.hears(), "RELOADING=1");
  EXPECT_EQ(manager.hears(), "READY=1");
  eventually("what the old rule gave to go", [this] { return access()["Finance"].empty(); });
  EXPECT_THAT(access()["Sales"], ElementsAre("auth0|p1"));
}

TEST_F(Service, KeepsWhatIsInForceWhenTheNewPolicyIsBroken) {
  start_sandbox();
  daemon = &start_daemon();

  reload_with("[[rule]]\nname = \"everyone\"\ngrups = [\"Staff\"]\n");

  eventually("the refusal", [this] { return told().find("reload refused") != std::string::npos; });
  EXPECT_THAT(told(), HasSubstr("policy.toml:3:"));
  EXPECT_THAT(told(), HasSubstr("did you mean"));
  send(change("e1", "p1", "Sales"));
  wait_until_settled();
  EXPECT_THAT(access()["Staff"], ElementsAre("auth0|p1"));
}

TEST_F(Service, TakesNewWebhookKeysOnSighup) {
  start_sandbox();
  daemon = &start_daemon();
  const std::string old_key = config_text();
  std::string both = old_key;
  const std::string one = "keys = [{ env = \"TEST_WEBHOOK_KEY\" }]";
  const std::string other = "keys = [{ file = \"next_key\" }]";
  both.replace(both.find(one), one.size(), other);
  write_secret("next_key", "whsec_" + base64("another key, also 24 byt"));
  write_config(both);
  EXPECT_EQ(send(change("e1", "p1", "Sales")).status, 202U);

  daemon->signal(SIGHUP);

  eventually("the reload", [this] { return told().find(" reloaded ") != std::string::npos; });
  EXPECT_EQ(send(change("e2", "p1", "Finance")).status, 401U);
  wait_until_settled();
  EXPECT_EQ(events().size(), 1U);
}

TEST_F(Service, SharesItsStoreWithNoOther) {
  start_sandbox();
  daemon = &start_daemon();

  const Said second = rosterd({"serve"});

  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("is in use by process " + std::to_string(daemon->pid())));
  EXPECT_EQ(send(change("e1", "p1", "Sales")).status, 202U);
  wait_until_settled();
}

TEST_F(Service, AnswersCommandsWhileItRunsAndAfterwards) {
  start_sandbox();
  daemon = &start_daemon();
  send(change("e1", "p1", "Sales"));
  send(leaving("e2", "p2"));
  wait_until_settled();

  const auto expect_answers = [this] {
    EXPECT_EQ(json({"status"})["events"]["applied"], 2);
    EXPECT_EQ(events().size(), 2U);
    EXPECT_EQ(json({"events", "list", "--person", "p1"}).front()["external_id"], "e1");
    const Json person = json({"people", "show", "p1"});
    EXPECT_EQ(person["accounts"], Json::array({"auth0|p1"}));
    for (const auto& command :
         {Arguments{"status"}, Arguments{"events", "list"}, Arguments{"people", "show", "p1"}}) {
      const Said said = rosterd(command);
      EXPECT_EQ(said.code, 0) << said.err;
      EXPECT_THAT(said.out, Not(testing::IsEmpty()));
    }
    EXPECT_THAT(rosterd({"people", "show", "p1"}).out, HasSubstr("sales"));
  };
  expect_answers();
  EXPECT_EQ(stop_daemon(), 0);
  expect_answers();
}

TEST_F(Service, HoldsBackSecretsWhateverGoesWrong) {
  start_sandbox();
  daemon = &start_daemon();
  set_faults({{"unauthorized", 1.0}, {"token_endpoint", true}});
  send(change("e1", "p1", "Sales"));
  eventually("the pause", [this] {
    return told().find("the target is paused") != std::string::npos;
  });
  WireRequest forged;
  forged.method = "POST";
  forged.target = "/v1/events/hr";
  forged.body = change("e2", "p1", "Sales").dump();
  forged.headers = signed_headers("not the key, but as long", "e2", forged.body);
  EXPECT_EQ(noted(ask(webhook_port(), forged).value()).status, 401U);
  EXPECT_EQ(stop_daemon(), 0);
}

}  // namespace
}  // namespace rosterd::test
