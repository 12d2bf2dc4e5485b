#include "tenant_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;
using KeepAlive = TenantTest;

TEST_F(KeepAlive, OneConnectionServesManyCalls) {
  token_is_given();
  for (int i = 0; i < 3; ++i) groups_are_expected().replies(200, no_groups());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(tenant.connections(), 1U);
}

TEST_F(KeepAlive, AConnectionIdleForFourSecondsIsNotTrusted) {
  token_is_given();
  add_is_expected();
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
  clock.advance(4100ms);
  EXPECT_EQ(outcome(add_alice()), "done");
  EXPECT_EQ(tenant.connections(), 2U);
}

TEST_F(KeepAlive, AnEndThatHasArrivedIsSeenBeforeWriting) {
  token_is_given();
  add_is_expected().then_closes();
  add_is_expected();
  EXPECT_EQ(outcome(add_alice()), "done");
  loop.poll();
  EXPECT_EQ(outcome(add_alice()), "done");
  EXPECT_EQ(tenant.connections(), 2U);
}

TEST_F(KeepAlive, AReadOnADeadConnectionIsRepeatedOnceAtOnce) {
  token_is_given();
  groups_are_expected().replies(200, no_groups());
  groups_are_expected().hangs_up();
  groups_are_expected().replies(200, no_groups());
  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(tenant.connections(), 2U);
}

TEST_F(KeepAlive, AReadIsNotRepeatedTwice) {
  token_is_given();
  groups_are_expected().replies(200, no_groups());
  groups_are_expected().hangs_up();
  groups_are_expected().hangs_up();
  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(outcome(run(client().groups())), "transient 0");
}

TEST_F(KeepAlive, AReadOnAFreshConnectionIsNotRepeated) {
  token_is_given();
  groups_are_expected().hangs_up();
  EXPECT_EQ(outcome(run(client().groups())), "transient 0");
}

TEST_F(KeepAlive, AMutatingCallThatMayHaveArrivedIsNotRepeated) {
  token_is_given();
  add_is_expected();
  add_is_expected().hangs_up();
  EXPECT_EQ(outcome(add_alice()), "done");
  EXPECT_EQ(outcome(add_alice()), "unknown 0");
}

TEST_F(KeepAlive, APeerThatSaysCloseIsLeft) {
  token_is_given();
  groups_are_expected().replies(200, no_groups(), {{"Connection", "close"}}).then_closes();
  groups_are_expected().replies(200, no_groups());
  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(tenant.connections(), 2U);
}

TEST_F(KeepAlive, BytesAfterAnAnswerAreNotTakenForTheNextOne) {
  token_is_given();
  groups_are_expected().sends_raw(
      "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"groups\":[]}HTTP/1.1 200 OK\r\n"
  );
  groups_are_expected().replies(200, no_groups());
  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(tenant.connections(), 2U);
}

TEST_F(KeepAlive, InformationalAnswersArePassedOver) {
  token_is_given();
  groups_are_expected().sends_raw(
      "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
      "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"groups\":[]}"
  );
  EXPECT_EQ(outcome(run(client().groups())), "done");
}

using OneAtATime = TenantTest;

TEST_F(OneAtATime, ConcurrentCallersAreServedInOrder) {
  token_is_given();
  for (int i = 0; i < 20; ++i) add_is_expected();
  int ended = 0;
  bool done = false;
  for (int i = 0; i < 20; ++i) {
    const AccountId account("auth0|" + std::to_string(i));
    asio::co_spawn(
        loop,
        client().add_members(staff, {account}),
        [&](std::exception_ptr, const Answer<Acknowledged>& answer) {
          EXPECT_EQ(outcome(answer), "done");
          done = ++ended == 20;
        }
    );
  }
  run_until(done);

  EXPECT_EQ(tenant.in_flight_max(), 1U);
  EXPECT_EQ(tenant.connections(), 1U);
  ASSERT_EQ(tenant.seen().size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(tenant.seen()[i].body, R"(["auth0|)" + std::to_string(i) + R"("])");
  }
  EXPECT_EQ(tokens.seen().size(), 1U);
}

TEST_F(OneAtATime, ACancelledCallLetsTheNextOneThrough) {
  token_is_given();
  add_is_expected().after(30ms);
  groups_are_expected().replies(200, no_groups());

  asio::cancellation_signal cancel_writer;
  asio::cancellation_signal cancel_waiter;
  int aborted = 0;
  const auto count_aborted = [&](std::exception_ptr error, const Answer<Acknowledged>&) {
    if (error) ++aborted;
  };
  asio::co_spawn(
      loop,
      client().add_members(staff, {alice}),
      asio::bind_cancellation_slot(cancel_writer.slot(), count_aborted)
  );
  asio::co_spawn(
      loop,
      client().add_members(staff, {alice}),
      asio::bind_cancellation_slot(cancel_waiter.slot(), count_aborted)
  );
  while (tenant.seen().empty()) loop.run_one();
  cancel_waiter.emit(asio::cancellation_type::terminal);
  cancel_writer.emit(asio::cancellation_type::terminal);

  EXPECT_EQ(outcome(run(client().groups())), "done");
  EXPECT_EQ(aborted, 2);
  EXPECT_EQ(tenant.connections(), 2U);
}

}  // namespace
}  // namespace rosterd::test
