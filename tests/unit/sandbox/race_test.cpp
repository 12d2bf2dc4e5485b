#include "unit/sandbox/tenant_fixture.hpp"

#include <algorithm>

namespace rosterd::sandbox {

/// Many calls at once, as many clients would send them.
class Race : public TenantTest {
 protected:
  Race() {
    Options options = usual();
    options.lossy = true;
    start(std::move(options));
  }

  std::vector<unsigned> send_together(const std::vector<Request>& requests) {
    asio::io_context loop{1};
    std::vector<HttpRequest> views;
    for (const Request& request : requests) views.push_back(request.view());
    std::vector<unsigned> statuses;
    for (const HttpRequest& view : views) {
      asio::co_spawn(loop, sandbox->handle(view), [&](std::exception_ptr, HttpResponse response) {
        statuses.push_back(response.status);
      });
    }
    loop.run();
    return statuses;
  }

  std::vector<Request> one_each(
      const std::string& method, const std::string& target, std::size_t count
  ) const {
    std::vector<Request> requests;
    for (std::size_t i = 0; i < count; ++i) {
      requests.push_back(to_api(method, target, list({"auth0|" + std::to_string(i)})));
    }
    return requests;
  }
};

TEST_F(Race, AHundredConcurrentAdditionsLeaveVeryFewAndAllAreAcknowledged) {
  const std::string id = make_group("Staff");

  const auto statuses = send_together(one_each("PATCH", "/groups/" + id + "/members", 100));

  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 204u), 100);
  EXPECT_LE(members_of(id).size(), 3u);
  EXPECT_EQ(sandbox->lost_writes(), 100u - members_of(id).size());
  EXPECT_EQ(sandbox->mutating_calls_max(), 100u);
}

/// Two clients; what one of them writes alone stays.
class TwoWriters : public Race {
 protected:
  TwoWriters() : staff_(make_group("Staff")), script_(token_for("script")) {}

  Request of_daemon(const std::string& method, const std::vector<std::string>& users) const {
    return to_api(method, "/groups/" + staff_ + "/members", list(users));
  }
  Request of_script(const std::string& method, const std::vector<std::string>& users) const {
    Request request = of_daemon(method, users);
    request.headers.front().second = "Bearer " + script_;
    return request;
  }

  /// The script's call has read before the daemon's was done, and ends after it: of two that read
  /// together, the one that read first waits longer.
  void script_overwrites(const Request& of_the_daemon) {
    send_together({of_script("PATCH", {"auth0|guest"}), of_the_daemon});
  }

  std::string staff_;
  std::string script_;
};

TEST_F(TwoWriters, WhatAStaleCopyUndidIsLostToItsWriterWhenItReadsBack) {
  script_overwrites(of_daemon("PATCH", {"auth0|ada", "auth0|bob"}));
  EXPECT_EQ(sandbox->lost_writes_of("daemon"), 0u) << "nobody has looked";

  get("/groups");
  get("/groups");

  EXPECT_EQ(sandbox->lost_writes_of("daemon"), 2u);
  EXPECT_EQ(sandbox->lost_writes_of("script"), 0u);
  EXPECT_EQ(sandbox->lost_writes(), 2u);
}

TEST_F(TwoWriters, WhatIsLostTwiceCountsTwice) {
  for (int i = 0; i < 2; ++i) {
    script_overwrites(of_daemon("PATCH", {"auth0|ada"}));
    get("/groups");
    send(of_script("DELETE", {"auth0|guest"}));
  }

  EXPECT_EQ(sandbox->lost_writes_of("daemon"), 2u);
}

TEST_F(TwoWriters, WhatWasUndoneAfterItWasReadBackIsNotLost) {
  send(of_daemon("PATCH", {"auth0|ada"}));
  get("/groups");
  send(of_script("DELETE", {"auth0|ada"}));

  get("/groups");

  EXPECT_EQ(sandbox->lost_writes_of("daemon"), 0u);
}

TEST_F(TwoWriters, WhatItsWriterWasNotToldIsNotLost) {
  FaultPlan plan;
  plan.reset_after.every = 2;
  plan.times = 1;
  sandbox->set_faults(plan);
  script_overwrites(of_daemon("PATCH", {"auth0|ada"}));

  get("/groups");

  EXPECT_EQ(sandbox->lost_writes(), 1u);
  EXPECT_EQ(sandbox->lost_writes_of("daemon"), 0u);
}

TEST_F(TwoWriters, AReadThatBrokeOffDidNotShowTheLoss) {
  script_overwrites(of_daemon("PATCH", {"auth0|ada"}));
  FaultPlan plan;
  plan.truncate.every = 1;
  sandbox->set_faults(plan);
  get("/groups");
  sandbox->set_faults({});
  send(of_script("PATCH", {"auth0|ada"}));

  get("/groups");

  EXPECT_EQ(sandbox->lost_writes_of("daemon"), 0u) << "somebody put it right before it was seen";
}

TEST_F(Race, SequentialAdditionsAreNeverLost) {
  const std::string id = make_group("Staff");

  for (const Request& one : one_each("PATCH", "/groups/" + id + "/members", 30)) send(one);

  EXPECT_EQ(members_of(id).size(), 30u);
  EXPECT_EQ(sandbox->lost_writes(), 0u);
  EXPECT_EQ(sandbox->mutating_calls_max(), 1u);
}

TEST_F(Race, ARemovalIsUndoneByAnOlderCopy) {
  const std::string id = make_group("Staff");
  request("PATCH", "/groups/" + id + "/members", list({"auth0|leaver"}));

  send_together({
      to_api("DELETE", "/groups/" + id + "/members", list({"auth0|leaver"})),
      to_api("PATCH", "/groups/" + id + "/members", list({"auth0|joiner"})),
  });

  EXPECT_EQ(sandbox->lost_writes(), 1u);
}

TEST_F(Race, OneUserInTwoGroupsFromManyCallsKeepsOneInEach) {
  make_group("Staff");
  make_group("Sales");
  std::vector<Request> requests;
  for (int i = 0; i < 100; ++i) {
    const std::string user = "/users/auth0%7C" + std::to_string(i) + "/groups";
    requests.push_back(to_api("PATCH", user, list({"Staff", "Sales"})));
  }

  send_together(requests);

  const Json groups = get("/groups");
  EXPECT_EQ(groups["total"], 2);
  for (const Json& group : groups["groups"]) {
    EXPECT_GE(group["members"].size(), 1u);
    EXPECT_LE(group["members"].size(), 3u);
  }
}

TEST_F(Race, DifferentGroupsDoNotDisturbEachOther) {
  const std::string left = make_group("Left");
  const std::string right = make_group("Right");

  send_together({
      to_api("PATCH", "/groups/" + left + "/members", list({"auth0|ada"})),
      to_api("PATCH", "/groups/" + right + "/members", list({"auth0|bob"})),
  });

  EXPECT_EQ(members_of(left).size() + members_of(right).size(), 2u);
  EXPECT_EQ(sandbox->lost_writes(), 0u);
}

TEST_F(Race, WithoutTheLossyWayNothingIsLost) {
  start(usual());
  const std::string id = make_group("Staff");

  send_together(one_each("PATCH", "/groups/" + id + "/members", 100));

  EXPECT_EQ(members_of(id).size(), 100u);
}

}  // namespace rosterd::sandbox
