// The network fails at the N-th byte, for every N. Never a success that was none, never "not done"
// for what the peer may have done, never a wait past the limit.
#include "adapters/extension/connection.hpp"
#include "breaking_peer.hpp"
#include "support/manual_clock.hpp"
#include "tenant_fixture.hpp"
#include "test_authority.hpp"

#include <boost/asio/post.hpp>

#include <functional>

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;
using extension::Connection;
using extension::Exchanged;
using extension::WireRequest;

WireRequest change(std::size_t body_bytes = 20) {
  WireRequest request;
  request.method = "PATCH";
  request.path = "/groups/1/members";
  request.bearer = "token-1";
  request.body = std::string(body_bytes, 'x');
  request.mutating = true;
  request.time_max = 10s;
  return request;
}

WireRequest look() {
  WireRequest request;
  request.method = "GET";
  request.path = "/groups";
  request.time_max = 10s;
  return request;
}

const std::string sized = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"groups\":[]}";
const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
    "chunked\r\n\r\n8\r\n{\"groups\r\n5\r\n\":[]}\r\n0\r\n\r\n";
const std::string no_content = "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n";

std::string outcome_of(const Exchanged& exchanged) {
  if (exchanged) return "answer " + std::to_string(exchanged->status);
  return std::string(to_string(exchanged.error().error));
}

/// One connection to one peer that breaks off, on the loop of the test.
class Trial {
 public:
  explicit Trial(asio::io_context& loop)
      : peer(loop),
        loop_(loop),
        connection_(
            loop.get_executor(),
            extension::route_to(
                "target.base_url", "http://127.0.0.1:" + std::to_string(peer.port()) + "/api", ""
            ),
            nullptr,
            extension::ConnectionLimits(TargetConfig()),
            clock_
        ) {}

  /// All of them in order; the outcomes are there when the loop has nothing left to do.
  void start(std::vector<WireRequest> requests) {
    requests_ = std::move(requests);
    asio::co_spawn(loop_, exchange_all(), [](const std::exception_ptr& failed) {
      if (failed) std::rethrow_exception(failed);
    });
  }

  const std::vector<std::string>& outcomes() const { return outcomes_; }
  const std::string& last() const { return outcomes_.back(); }

  BreakingPeer peer;

 private:
  Task<void> exchange_all() {
    for (const WireRequest& request : requests_) {
      const auto exchanged = co_await connection_.exchange(request);
      outcomes_.push_back(outcome_of(exchanged));
      // What the peer does after its answer, it does now.
      for (int turn = 0; turn < 3; ++turn) co_await asio::post(loop_, asio::use_awaitable);
    }
    connection_.close();
    peer.stop();
  }

  asio::io_context& loop_;
  ManualClock clock_;
  Connection connection_;
  std::vector<WireRequest> requests_;
  std::vector<std::string> outcomes_;
};

class NthByte : public testing::Test {
 protected:
  std::unique_ptr<Trial> trial(Break what, const WireRequest& request) {
    auto made = std::make_unique<Trial>(loop);
    made->peer.will(std::move(what));
    made->start({request});
    return made;
  }

  /// Runs every trial at once and looks at each by its number.
  void run(
      std::vector<std::unique_ptr<Trial>>& trials,
      const std::function<void(std::size_t, const Trial&)>& look_at
  ) {
    loop.restart();
    loop.run();
    for (std::size_t i = 0; i < trials.size(); ++i) {
      ASSERT_FALSE(trials[i]->outcomes().empty()) << "no outcome at byte " << i;
      look_at(i, *trials[i]);
    }
  }

  std::size_t bytes_of(const WireRequest& request) {
    const auto whole = trial({.reads = {}, .says = no_content}, request);
    loop.restart();
    loop.run();
    EXPECT_EQ(whole->last(), "answer 204");
    return whole->peer.request_bytes();
  }

  std::string exchange_over(std::uint16_t port, asio::ssl::context& tls) {
    const ManualClock clock;
    Connection connection(
        loop.get_executor(),
        extension::route_to(
            "target.base_url", "https://127.0.0.1:" + std::to_string(port) + "/api", ""
        ),
        &tls,
        extension::ConnectionLimits(TargetConfig()),
        clock
    );
    const WireRequest request = change();
    std::string outcome;
    asio::co_spawn(
        loop,
        connection.exchange(request),
        [&](std::exception_ptr failed, const Exchanged& exchanged) {
          outcome = failed ? "thrown" : outcome_of(exchanged);
        }
    );
    loop.restart();
    while (outcome.empty() && loop.run_one() > 0) {
    }
    return outcome;
  }

  asio::io_context loop{1};
};

struct Sweep {
  const char* name;
  End end;
  Duration time_max;
};

void PrintTo(const Sweep& sweep, std::ostream* out) {
  *out << sweep.name;
}

class NthByteBroken : public NthByte, public testing::WithParamInterface<Sweep> {
 protected:
  static WireRequest limited(WireRequest request) {
    request.time_max = GetParam().time_max;
    return request;
  }
};

TEST_P(NthByteBroken, OfAnAnswerLeavesAChangeUnknownAndALookTransient) {
  for (const std::string& answer : {sized, chunked, no_content}) {
    const std::size_t head = answer.find("\r\n\r\n") + 4;
    std::vector<std::unique_ptr<Trial>> trials;
    for (std::size_t count = 0; count < answer.size(); ++count) {
      const Break what{.reads = {}, .says = answer.substr(0, count), .end = GetParam().end};
      trials.push_back(trial(what, limited(change())));
      trials.push_back(trial(what, limited(look())));
    }
    run(trials, [&](std::size_t number, const Trial& done) {
      const std::size_t count = number / 2;
      // Garbage can stand where a body was announced; its reader finds out.
      const bool may_pass = GetParam().end == End::garbage && count >= head;
      if (may_pass && done.last() == "answer 200") return;
      EXPECT_EQ(done.last(), number % 2 == 0 ? "unknown" : "transient")
          << "after " << count << " bytes of " << answer;
      EXPECT_EQ(done.peer.acted(), 1U);
    });
  }
}

TEST_P(NthByteBroken, OfAChangeIsNeverTakenForSuccessNorAnActForNone) {
  const std::size_t whole = bytes_of(change());
  std::vector<std::unique_ptr<Trial>> trials;
  for (std::size_t count = 0; count <= whole; ++count) {
    trials.push_back(trial({.reads = count, .says = "", .end = GetParam().end}, limited(change())));
  }
  run(trials, [](std::size_t count, const Trial& done) {
    const bool sure = done.last() == "transient" && done.peer.acted() == 0;
    EXPECT_TRUE(done.last() == "unknown" || sure) << done.last() << " after " << count << " bytes";
  });
  EXPECT_EQ(trials.back()->peer.acted(), 1U);
}

TEST_P(NthByteBroken, OfALookIsTransient) {
  const std::size_t whole = bytes_of(look());
  std::vector<std::unique_ptr<Trial>> trials;
  for (std::size_t count = 0; count <= whole; ++count) {
    trials.push_back(trial({.reads = count, .says = "", .end = GetParam().end}, limited(look())));
  }
  run(trials, [](std::size_t count, const Trial& done) {
    EXPECT_EQ(done.last(), "transient") << "after " << count << " bytes";
  });
}

INSTANTIATE_TEST_SUITE_P(
    Ends,
    NthByteBroken,
    testing::Values(
        Sweep{"closing", End::close, 10s},
        Sweep{"resetting", End::reset, 10s},
        Sweep{"garbage", End::garbage, 10s},
        Sweep{"silence", End::stall, 700ms}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(NthByte, OfARequestTooLargeToBeUnderWayIsKnownNotToHaveArrived) {
  constexpr std::size_t more_than_the_kernel_keeps = 32 << 20;
  for (const End end : {End::close, End::reset, End::stall}) {
    WireRequest request = change(more_than_the_kernel_keeps);
    request.time_max = end == End::stall ? 300ms : 10s;
    std::vector<std::unique_ptr<Trial>> trials;
    for (const std::size_t count : {0U, 1U, 100U, 65'536U, 1'000'000U}) {
      trials.push_back(trial({.reads = count, .says = "", .end = end}, request));
    }
    run(trials, [](std::size_t, const Trial& done) { EXPECT_EQ(done.last(), "transient"); });
  }
}

TEST_F(NthByte, OfALargeRequestIsNotPassedOverBecauseThePeerSaidYesTooSoon) {
  const WireRequest request = change(32 << 20);
  std::vector<std::unique_ptr<Trial>> trials;
  for (const std::size_t count : {1U, 100U, 65'536U, 1'000'000U}) {
    trials.push_back(trial({.reads = count, .says = no_content}, request));
    trials.push_back(trial({.reads = count, .says = sized}, request));
  }
  run(trials, [](std::size_t, const Trial& done) { EXPECT_EQ(done.last(), "transient"); });
}

TEST_F(NthByte, OfALargeRequestMayBeWhereThePeerRefusedIt) {
  const std::string too_large = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
  std::vector<std::unique_ptr<Trial>> trials;
  trials.push_back(trial({.reads = 1'000'000, .says = too_large}, change(32 << 20)));
  run(trials, [](std::size_t, const Trial& done) { EXPECT_EQ(done.last(), "answer 413"); });
}

class OnAReusedConnection : public NthByte, public testing::WithParamInterface<End> {};

TEST_P(OnAReusedConnection, AChangeIsSentOnceAndALookTwiceAtMost) {
  for (const WireRequest& request : {change(), look()}) {
    std::vector<std::unique_ptr<Trial>> trials;
    for (std::size_t count = 0; count < sized.size(); ++count) {
      auto made = std::make_unique<Trial>(loop);
      made->peer.will({.reads = {}, .says = sized});
      made->peer.stays_open_and_will(
          {.reads = {}, .says = sized.substr(0, count), .end = GetParam()}
      );
      made->peer.will({.reads = {}, .says = sized});
      made->start({request, request});
      trials.push_back(std::move(made));
    }
    run(trials, [&](std::size_t count, const Trial& done) {
      const bool again = !request.mutating && count == 0;
      EXPECT_EQ(done.outcomes().front(), "answer 200");
      EXPECT_EQ(
          done.last(),
          request.mutating ? "unknown"
          : again          ? "answer 200"
                           : "transient"
      ) << "after "
        << count << " bytes";
      EXPECT_EQ(done.peer.acted(), again ? 3U : 2U);
    });
  }
}

TEST_P(OnAReusedConnection, ThatEndedMeanwhileAChangeIsNotLost) {
  std::vector<std::unique_ptr<Trial>> trials;
  auto made = std::make_unique<Trial>(loop);
  made->peer.will({.reads = {}, .says = no_content, .end = GetParam()});
  made->peer.will({.reads = {}, .says = no_content});
  made->start({change(), change()});
  trials.push_back(std::move(made));
  run(trials, [](std::size_t, const Trial& done) {
    EXPECT_EQ(done.outcomes(), (std::vector<std::string>{"answer 204", "answer 204"}));
    EXPECT_EQ(done.peer.acted(), 2U);
    EXPECT_EQ(done.peer.connections(), 2U);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Ends,
    OnAReusedConnection,
    testing::Values(End::close, End::reset),
    [](const auto& row) { return row.param == End::close ? "closing" : "resetting"; }
);

class NthByteOfATenant : public TenantTest {
 protected:
  std::string told;
};

TEST_F(NthByteOfATenant, IsMissingFromATokenAndNothingIsAskedWithIt) {
  const std::string body = R"({"access_token":"token-1","expires_in":86400})";
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  for (std::size_t count = 0; count < answer.size(); ++count) {
    tokens.expects("POST", "/oauth/token").sends_raw(answer.substr(0, count));
    extension::Client fresh(loop.get_executor(), config, clock, log);
    const auto added = run(fresh.add_members(staff, {alice}));
    EXPECT_EQ(outcome(added), "transient 0") << "after " << count << " bytes";
    told += added ? "" : added.error().text;
  }
  EXPECT_EQ(tenant.seen().size(), 0U);
  for (const std::string& text : {told, log.text}) {
    EXPECT_EQ(text.find("token-1"), std::string::npos);
    EXPECT_EQ(text.find(config.client_secret.reveal()), std::string::npos);
  }
}

TEST_F(NthByteOfATenant, IsMissingFromGroupsWhoseLengthWasNotAnnounced) {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
      R"({"groups":[{"_id":"1","name":"Staff","members":["auth0|a"]}],"total":1})";
  for (std::size_t count = 0; count <= answer.size(); ++count) {
    token_is_given();
    groups_are_expected().sends_raw(answer.substr(0, count));
    extension::Client fresh(loop.get_executor(), config, clock, log);
    const std::string ended = outcome(run(fresh.groups()));
    EXPECT_EQ(ended.substr(0, ended.find(' ')), count == answer.size() ? "done" : "transient")
        << "after " << count << " bytes";
  }
}

using NthByteOverTls = NthByte;

TEST_F(NthByteOverTls, IsNeverAMatterOfConfigurationNorAnActForNone) {
  constexpr std::size_t step = 7;
  const TestAuthority authority;
  const auto certificate = authority.server("IP:127.0.0.1");
  ScriptedPeer peer(loop, certificate.get());
  const auto trusting = extension::make_tls_context(authority.file());
  for (const End end : {End::close, End::reset}) {
    std::string outcome;
    for (std::size_t count = 0; outcome != "answer 204"; count += step) {
      ASSERT_LT(count, 20'000U) << "the answer never came through";
      if (peer.unasked() == 0) peer.expects("PATCH", "/api/groups/1/members");
      const std::size_t acted = peer.seen().size();
      CuttingRelay relay(loop, peer.port(), count, end);
      outcome = exchange_over(relay.port(), *trusting);
      relay.stop();
      if (outcome == "answer 204") continue;
      const bool fair =
          outcome == "unknown" || (outcome == "transient" && peer.seen().size() == acted);
      EXPECT_TRUE(fair) << outcome << " after " << count << " bytes";
    }
  }
  peer.stop();
  loop.restart();
  loop.run();
}

}  // namespace
}  // namespace rosterd::test
