#include "rosterd/adapters/http/unix_client.hpp"

#include "serving.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <ostream>
#include <string>
#include <unistd.h>

namespace rosterd::http {

void PrintTo(const UnixError& error, std::ostream* out) {
  *out << "why " << static_cast<int>(error.why) << ": " << error.text;
}

namespace {

using namespace std::chrono_literals;
using Why = UnixError::Why;

/// Root may use every socket: for as long as this lives, the process is somebody else.
class NotRoot {
 public:
  NotRoot() {
    if (before_ == 0) {
      EXPECT_EQ(::seteuid(nobody), 0);
    }
  }
  ~NotRoot() { EXPECT_EQ(::seteuid(before_), 0); }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  static constexpr uid_t nobody = 65534;
  uid_t before_ = ::geteuid();
};

class ACommand : public test::Serving {
 protected:
  std::string socket() const { return path("operator.sock"); }

  void daemon_runs() {
    options.obey_faults = true;
    serve(UnixListen{socket()});
  }

  Result<UnixAnswer, UnixError> asks(const std::string& target, Duration answer_max = 10s) {
    UnixPost post;
    post.socket = socket();
    post.target = target;
    post.json = R"({"a": 1})";
    post.answer_max = answer_max;
    return post_to_socket(post);
  }

  void a_socket_is_left_of_a_daemon_that_is_gone() {
    asio::io_context context;
    const asio::local::stream_protocol::endpoint endpoint(socket());
    const asio::local::stream_protocol::acceptor gone(context, endpoint);
  }
};

TEST_F(ACommand, GetsTheDaemonsAnswer) {
  daemon_runs();
  const auto answer = asks("/echo");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, R"(POST /echo [{"a": 1}])");
}

TEST_F(ACommand, KnowsThatNobodyListens) {
  EXPECT_EQ(asks("/echo").error().why, Why::nobody_listens);
  a_socket_is_left_of_a_daemon_that_is_gone();
  ASSERT_TRUE(std::filesystem::exists(socket()));
  EXPECT_EQ(asks("/echo").error().why, Why::nobody_listens);
}

TEST_F(ACommand, TakesASocketThatItMayNotUseForNoMissingDaemon) {
  daemon_runs();
  std::filesystem::permissions(socket(), std::filesystem::perms::none);
  const NotRoot not_root;
  EXPECT_EQ(asks("/echo").error().why, Why::not_permitted);
  EXPECT_EQ(handler.handled, 0);
}

TEST_F(ACommand, CannotUseAPathThatIsLongerThanASocketsMayBe) {
  UnixPost post;
  post.socket = path(std::string(200, 'x'));
  EXPECT_EQ(post_to_socket(post).error().why, Why::unreachable);
}

TEST_F(ACommand, WaitsForAnAnswerAsLongAsItSaid) {
  daemon_runs();
  EXPECT_EQ(asks("/wait", 50ms).error().why, Why::no_answer);
  EXPECT_EQ(handler.handled, 1);
}

TEST_F(ACommand, DoesNotTakeHalfAnAnswer) {
  daemon_runs();
  EXPECT_EQ(asks("/fault/reset").error().why, Why::broken_off);
  EXPECT_EQ(asks("/fault/truncate").error().why, Why::broken_off);
}

}  // namespace
}  // namespace rosterd::http
