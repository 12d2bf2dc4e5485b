#include "serving.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace rosterd::test {

namespace {

using HttpConnection = Serving;

constexpr std::string_view get = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(HttpConnection, IsToldThatItsHeaderTakesTooLong) {
  options.limits.header_read = 50ms;
  serve();
  RawClient peer = client();

  peer.say("GET /echo HTTP/1.1\r\nHo");

  EXPECT_EQ(status_of(peer.until_closed()), 408U);
}

TEST_F(HttpConnection, IsToldThatItsBodyTakesTooLong) {
  options.limits.body_read = 50ms;
  serve();
  RawClient peer = client();

  peer.say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");

  EXPECT_EQ(status_of(peer.until_closed()), 408U);
}

TEST_F(HttpConnection, CannotStretchAHeaderByDripping) {
  options.limits.header_read = 100ms;
  serve();
  RawClient peer = client();

  peer.say("GET /");
  while (peer.hears_nothing_for(5ms)) peer.say("a");

  EXPECT_EQ(status_of(peer.until_closed()), 408U);
}

TEST_F(HttpConnection, IsClosedInSilenceWhenIdle) {
  options.limits.idle = 50ms;
  serve();
  RawClient quiet = client();
  RawClient served = client();
  served.say(get);

  EXPECT_EQ(status_of(served.answer()), 200U);

  EXPECT_EQ(quiet.until_closed(), "");
  EXPECT_EQ(served.until_closed(), "");
}

TEST_F(HttpConnection, IsGivenUpWhenItDoesNotReadItsAnswer) {
  options.limits.write = 50ms;
  serve();
  RawClient peer = client();

  peer.say("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  while (connections() > 0) std::this_thread::yield();

  EXPECT_LT(body_of(peer.until_closed()).size(), 8'000'000U);
}

TEST_F(HttpConnection, IsRefusedAboveTheCapWhileAllAreBeingServed) {
  options.limits.connections_max = 1;
  serve();
  RawClient busy = client();
  busy.say("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  handler.waiting.get_future().wait();

  const std::string refused = exchange(get);
  on_loop([this] { handler.release(); });

  EXPECT_EQ(status_of(refused), 503U);
  EXPECT_NE(refused.find("Retry-After: 1\r\n"), std::string::npos) << refused;
  EXPECT_NE(refused.find("Connection: close\r\n"), std::string::npos) << refused;
  EXPECT_EQ(status_of(busy.answer()), 200U);
}

TEST_F(HttpConnection, ThatHasBeenQuietLongestMakesRoomForANewOne) {
  options.limits.connections_max = 2;
  serve();
  RawClient first = client();
  RawClient second = client();
  for (RawClient* peer : {&first, &second, &first}) {
    EXPECT_EQ(status_of(peer->say(get).answer()), 200U);
  }

  RawClient newcomer = client();

  EXPECT_EQ(status_of(newcomer.say(get).answer()), 200U);
  EXPECT_EQ(second.until_closed(), "");
  EXPECT_EQ(status_of(first.say(get).answer()), 200U);
}

TEST_F(HttpConnection, FinishesItsRequestWhenTheServerStops) {
  serve();
  RawClient idle = client();
  RawClient busy = client();
  idle.say(get);
  EXPECT_EQ(status_of(idle.answer()), 200U);
  busy.say("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  handler.waiting.get_future().wait();

  ask_to_stop();

  EXPECT_EQ(idle.until_closed(), "");
  EXPECT_THROW(client(), std::runtime_error);
  on_loop([this] { handler.release(); });
  const std::string answer = busy.until_closed();
  EXPECT_EQ(status_of(answer), 200U);
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  wait_until_stopped();
}

TEST_F(HttpConnection, IsResetByAFault) {
  options.obey_faults = true;
  serve();
  RawClient peer = client();

  peer.say("GET /fault/reset HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_TRUE(peer.is_reset());
}

TEST_F(HttpConnection, IsCutInHalfByAFault) {
  options.obey_faults = true;
  serve();

  const std::string answer = exchange("GET /fault/truncate HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_NE(answer.find("Content-Length: 22\r\n"), std::string::npos) << answer;
  EXPECT_EQ(body_of(answer), "GET /fault/");
}

TEST_F(HttpConnection, IsLeftWithoutAnAnswerByAFaultUntilTheServerStops) {
  options.obey_faults = true;
  options.limits.idle = 20ms;
  serve();
  RawClient stalled = client();
  stalled.say("GET /fault/stall HTTP/1.1\r\nHost: a\r\n\r\n");
  RawClient idle = client();
  EXPECT_EQ(idle.until_closed(), "");

  ask_to_stop();

  EXPECT_EQ(stalled.until_closed(), "");
}

TEST_F(HttpConnection, IgnoresFaultsUnlessTold) {
  serve();
  RawClient peer = client();

  peer.say("GET /fault/reset HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(status_of(peer.answer()), 200U);
}

TEST_F(HttpConnection, GoesOverAUnixSocketWithItsMode) {
  serve(http::UnixListen{.path = path("s"), .mode = 0660});
  RawClient peer = RawClient::local(path("s"));

  peer.say(get);

  EXPECT_EQ(status_of(peer.answer()), 200U);
  struct stat file {};
  ASSERT_EQ(::stat(path("s").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0660U);
}

void leave_a_socket_file(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  ::close(fd);
}

TEST_F(HttpConnection, ReplacesASocketFileThatNobodyAnswersOn) {
  leave_a_socket_file(path("s"));

  serve(http::UnixListen{.path = path("s")});
  RawClient peer = RawClient::local(path("s"));
  peer.say(get);

  EXPECT_EQ(status_of(peer.answer()), 200U);
}

TEST_F(HttpConnection, LeavesASocketFileAloneThatSomebodyAnswersOn) {
  serve(http::UnixListen{.path = path("s")});

  RealClock clock;
  const http::UnixListen taken{.path = path("s")};

  EXPECT_THROW(http::Server(loop_, taken, handler, clock, log), std::exception);
  RawClient peer = RawClient::local(path("s"));
  peer.say(get);
  EXPECT_EQ(status_of(peer.answer()), 200U);
}

TEST_F(HttpConnection, ComesOverAnInheritedSocket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(fd, 8), 0);

  serve(http::InheritedListen{.fd = fd});
  RawClient peer = client();
  peer.say(get);

  EXPECT_EQ(status_of(peer.answer()), 200U);
}

TEST_F(HttpConnection, IsNotWaitedForWhenTheServerIsCancelled) {
  RealClock clock;
  http::Server server(loop_, http::TcpListen{.host = "127.0.0.1", .port = 0}, handler, clock, log);
  asio::cancellation_signal cancel;
  std::exception_ptr failure;
  auto on_exit = [&](std::exception_ptr error) { failure = error; };
  asio::co_spawn(
      loop_,
      server.run(std::stop_token()),
      asio::bind_cancellation_slot(cancel.slot(), std::move(on_exit))
  );
  std::thread thread([this] { loop_.run(); });
  RawClient busy = RawClient::tcp(server.port());
  busy.say("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  handler.waiting.get_future().wait();

  on_loop([&] { cancel.emit(asio::cancellation_type::terminal); });

  thread.join();
  EXPECT_TRUE(failure);
  EXPECT_EQ(busy.until_closed(), "");
  EXPECT_EQ(log.text(), "");
}

}  // namespace

}  // namespace rosterd::test
