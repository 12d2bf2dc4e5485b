// Clients that take more than their share: of connections, of time, of answers.
#include "serving.hpp"
#include "support/eventually.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <utility>

namespace rosterd::test {

namespace {

constexpr std::string_view get = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

bool allow_descriptors(rlim_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= count) return true;
  limit.rlim_cur = count;
  if (limit.rlim_max < count) limit.rlim_max = count;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/// A process that opens connections and says nothing; descriptors are counted by process. It is
/// made before the server's thread is, and ends with this.
class IdleCrowd {
 public:
  IdleCrowd() {
    int there[2];
    int back[2];
    if (::pipe(there) != 0 || ::pipe(back) != 0) throw std::runtime_error("no pipes");
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process");
    if (process_ == 0) {
      ::close(there[1]);
      ::close(back[0]);
      connect_and_wait(there[0], back[1]);
    }
    ::close(there[0]);
    ::close(back[1]);
    orders_ = there[1];
    report_ = back[0];
  }
  ~IdleCrowd() { leave(); }
  IdleCrowd(const IdleCrowd&) = delete;
  IdleCrowd& operator=(const IdleCrowd&) = delete;

  /// Opens the connections, and says how many could be.
  int connect(std::uint16_t port, int count) {
    const int order[2] = {port, count};
    int connected = 0;
    if (::write(orders_, order, sizeof(order)) != sizeof(order)) return 0;
    if (::read(report_, &connected, sizeof(connected)) != sizeof(connected)) return 0;
    return connected;
  }

  void leave() {
    if (process_ <= 0) return;
    ::close(orders_);
    ::close(report_);
    ::waitpid(std::exchange(process_, 0), nullptr, 0);
  }

 private:
  [[noreturn]] static void connect_and_wait(int orders, int report) {
    int order[2] = {0, 0};
    if (::read(orders, order, sizeof(order)) != sizeof(order)) ::_exit(1);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(order[0]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    int connected = 0;
    for (int i = 0; i < order[1]; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      const auto* const where = reinterpret_cast<const sockaddr*>(&address);
      if (::connect(fd, where, sizeof(address)) == 0) ++connected;
    }
    if (::write(report, &connected, sizeof(connected)) != sizeof(connected)) ::_exit(1);
    char end = 0;
    while (::read(orders, &end, 1) > 0) {
    }
    ::_exit(0);
  }

  pid_t process_ = 0;
  int orders_ = -1;
  int report_ = -1;
};

class HttpCrowd : public Serving {
 protected:
  static constexpr int crowd_size = 10'000;

  void SetUp() override {
    if (!allow_descriptors(crowd_size + 200)) {
      GTEST_SKIP() << "10 000 connections need more descriptors than this process may have";
    }
    crowd_ = std::make_unique<IdleCrowd>();
  }
  void TearDown() override {
    stop();
    crowd_.reset();
  }
  IdleCrowd& crowd() { return *crowd_; }

 private:
  std::unique_ptr<IdleCrowd> crowd_;
};

TEST_F(HttpCrowd, OfTenThousandThatSayNothingKeepsNobodyFromBeingServed) {
  options.limits.connections_max = crowd_size + 100;
  options.limits.idle = 1h;
  serve();
  ASSERT_EQ(crowd().connect(port(), crowd_size), crowd_size);
  eventually("all to be in", [this] { return open_connections() == crowd_size; });

  RawClient peer = client();
  EXPECT_EQ(status_of(peer.say(get).answer()), 200U);

  crowd().leave();
  eventually("all to be gone", [this] { return open_connections() == 1; });
  EXPECT_EQ(status_of(peer.say(get).answer()), 200U);
}

TEST_F(HttpCrowd, OfTenThousandIsHeldToTheLimitAndARequestIsServedAllTheSame) {
  options.limits.connections_max = 100;
  options.limits.idle = 1h;
  serve();
  std::atomic<std::size_t> most = 0;
  std::jthread watching([&](const std::stop_token& done) {
    while (!done.stop_requested()) most = std::max(most.load(), open_connections());
  });
  EXPECT_EQ(crowd().connect(port(), crowd_size), crowd_size);

  for (int i = 0; i < 20; ++i) {
    RawClient peer = client();
    EXPECT_EQ(status_of(peer.say(get).answer()), 200U);
  }

  watching.request_stop();
  watching.join();
  EXPECT_GE(most, 100U);
  EXPECT_LE(most, 100U + 64U);
  EXPECT_EQ(log.text(), "");
}

using HttpFlood = Serving;

TEST_F(HttpFlood, OfRequestsWhoseAnswersNobodyReadsIsNotServed) {
  options.limits.write = 300ms;
  serve();
  RawClient flood = client();
  constexpr int requests_a_time = 1'000;
  constexpr int times = 1'000;
  std::string many;
  for (int i = 0; i < requests_a_time; ++i) many += get;

  int said = 0;
  try {
    while (said < times) {
      flood.say(many);
      ++said;
    }
  } catch (const std::runtime_error&) {
  }

  EXPECT_LT(said, times) << "the server took everything";
  EXPECT_LT(handler.handled, times * requests_a_time);
  eventually("the flood to be given up", [this] { return open_connections() == 0; });
  RawClient peer = client();
  EXPECT_EQ(status_of(peer.say(get).answer()), 200U);
}

using HttpSlowClient = Serving;

TEST_F(HttpSlowClient, CannotStretchABodyByDripping) {
  options.limits.body_read = 100ms;
  serve();
  for (const char* framing :
       {"Content-Length: 900\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"}) {
    RawClient peer = client();
    peer.say("POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(framing));
    while (peer.hears_nothing_for(5ms)) peer.say(framing[0] == 'C' ? "a" : "1\r\na\r\n");
    EXPECT_EQ(status_of(peer.until_closed()), 408U) << framing;
  }
  EXPECT_EQ(handler.handled, 0);
}

TEST_F(HttpSlowClient, CannotStretchTheTimeBetweenRequestsByEmptyLines) {
  options.limits.header_read = 100ms;
  serve();
  RawClient peer = client();

  while (peer.hears_nothing_for(5ms)) peer.say("\r\n");

  EXPECT_EQ(status_of(peer.until_closed()), 408U);
}

// The loop is kept busy past the limit, while the client takes enough for several steps of the
// write to succeed at once: none of them is there to be cancelled when the limit is noticed.
TEST_F(HttpSlowClient, IsGivenUpEvenIfItTakesABitWhenItsTimeIsOver) {
  options.limits.write = 10ms;
  serve();
  RawClient peer = client();
  peer.say("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  eventually("the answer to begin", [this] { return handler.handled > 0; });
  open_connections();

  std::promise<void> never;
  on_loop([&] { never.get_future().wait_for(8 * options.limits.write + 50ms); });
  peer.hear(3'000'000);

  eventually("the connection to be given up", [this] { return open_connections() == 0; });
}

}  // namespace

}  // namespace rosterd::test
