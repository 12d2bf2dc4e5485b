#include "rosterd/adapters/system/notify.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace rosterd::test {

namespace {

/// The service manager's end of $NOTIFY_SOCKET, in the abstract namespace: no file to clean up.
class NotifySocket {
 public:
  NotifySocket() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const std::string name = "rosterd-notify-" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    bound_ = bind(fd_, reinterpret_cast<const sockaddr*>(&address), length) == 0;
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~NotifySocket() {
    unsetenv("NOTIFY_SOCKET");
    close(fd_);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  bool bound() const { return bound_; }
  std::string received() const {
    std::array<char, 1024> buffer{};
    const auto bytes = recv(fd_, buffer.data(), buffer.size(), 0);
    return bytes < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(bytes));
  }

 private:
  int fd_;
  bool bound_ = false;
};

}  // namespace

TEST(ServiceManager, IsToldTheStatesOfTheService) {
  const NotifySocket socket;
  ASSERT_TRUE(socket.bound());
  system::ServiceManager manager;

  manager.ready("12 events open");
  EXPECT_EQ(socket.received(), "READY=1\nSTATUS=12 events open");

  manager.status("line\nbreak");
  EXPECT_EQ(socket.received(), "STATUS=line\\x0Abreak");

  manager.alive();
  EXPECT_EQ(socket.received(), "WATCHDOG=1");

  manager.stopping();
  EXPECT_EQ(socket.received(), "STOPPING=1");
}

TEST(ServiceManager, LearnsWhenAReloadBegan) {
  const NotifySocket socket;
  ASSERT_TRUE(socket.bound());
  system::ServiceManager manager;

  manager.reloading();

  const std::string told = socket.received();
  EXPECT_EQ(told.rfind("RELOADING=1\nMONOTONIC_USEC=", 0), 0u) << told;
  EXPECT_GT(std::stoll(told.substr(told.rfind('=') + 1)), 0);
}

TEST(ServiceManager, MayBeAbsent) {
  unsetenv("NOTIFY_SOCKET");
  unsetenv("WATCHDOG_USEC");
  system::ServiceManager manager;

  manager.ready("nobody listens");

  EXPECT_EQ(manager.watchdog_interval(), std::nullopt);
  EXPECT_TRUE(manager.take_sockets().empty());
}

TEST(ServiceManager, SaysHowLongSilenceMayLast) {
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);

  EXPECT_EQ(system::ServiceManager().watchdog_interval(), Duration{std::chrono::seconds{30}});

  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(system::ServiceManager().watchdog_interval(), std::nullopt);
  unsetenv("WATCHDOG_USEC");
  unsetenv("WATCHDOG_PID");
}

TEST(ServiceManager, HandsOverSocketsOnce) {
  constexpr int first_handed_over = 3;  // SD_LISTEN_FDS_START
  const int kept = fcntl(first_handed_over, F_DUPFD_CLOEXEC, 10);
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(listening, 0);
  ASSERT_EQ(dup2(listening, first_handed_over), first_handed_over);
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", "1", 1);
  setenv("LISTEN_FDNAMES", "webhook", 1);
  system::ServiceManager manager;

  const auto sockets = manager.take_sockets();

  ASSERT_EQ(sockets.size(), 1u);
  EXPECT_EQ(sockets[0].fd, first_handed_over);
  EXPECT_EQ(sockets[0].name, "webhook");
  EXPECT_TRUE(manager.take_sockets().empty());

  if (listening != first_handed_over) close(listening);
  close(first_handed_over);
  if (kept >= 0) {
    dup2(kept, first_handed_over);
    close(kept);
  }
}

}  // namespace rosterd::test
