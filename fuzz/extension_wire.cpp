#include "fuzzing.hpp"
#include "rosterd/adapters/extension/client.hpp"
#include "support/manual_clock.hpp"
#include "watched_log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// First line: which calls are made, one after the other. Below it what the peer answers, byte by
// byte: the first answer is to the request for a token. Answers are separated by a line `%%`.

namespace rosterd {
namespace {

using asio::ip::tcp;

constexpr std::string_view client_secret = "the-secret-of-the-application";

/// Whoever listens on the tenant's port: says what it has to say to each request, whatever that is.
class Peer {
 public:
  Peer(asio::io_context& loop, std::string_view answers)
      : acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        socket_(loop),
        answers_(answers) {
    acceptor_.non_blocking(true);
  }
  ~Peer() { hang_up(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// Whether there was anything to do.
  bool turn() {
    boost::system::error_code error;
    tcp::socket next(acceptor_.get_executor());
    acceptor_.accept(next, error);
    if (!error) {
      hang_up();
      socket_ = std::move(next);
      socket_.non_blocking(true);
      heard_.clear();
      return true;
    }
    if (!socket_.is_open()) return false;
    std::array<char, 65536> room{};
    const std::size_t count = socket_.read_some(asio::buffer(room), error);
    heard_.append(room.data(), count);
    if (error && error != asio::error::would_block) {
      hang_up();
      return true;
    }
    if (!whole_request()) return count > 0;
    heard_.clear();
    answer();
    return true;
  }

  /// Nothing more is said on this connection, which whoever waits for it should know.
  void end_answer() {
    boost::system::error_code ignored;
    if (socket_.is_open()) socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }

 private:
  bool whole_request() const {
    const std::size_t end = heard_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t at = heard_.find("Content-Length: ");
    const std::size_t length = at < end ? std::strtoul(heard_.c_str() + at + 16, nullptr, 10) : 0;
    return heard_.size() >= end + 4 + length;
  }

  void answer() {
    constexpr std::string_view separator = "\n%%\n";
    const std::string_view one = answers_.substr(0, answers_.find(separator));
    answers_.remove_prefix(std::min(one.size() + separator.size(), answers_.size()));
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(one.data(), one.size()), ignored);
    if (one.empty()) hang_up();
  }

  /// At once, so that no port stays taken for a minute.
  void hang_up() {
    boost::system::error_code ignored;
    if (!socket_.is_open()) return;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

  tcp::acceptor acceptor_;
  tcp::socket socket_;
  std::string_view answers_;
  std::string heard_;
};

TargetConfig config_for(std::uint16_t port) {
  const std::string address = "http://127.0.0.1:" + std::to_string(port);
  TargetConfig config;
  config.base_url = address + "/api";
  config.token_url = address + "/oauth/token";
  config.client_id = "rosterd";
  config.client_secret = Secret(std::string(client_secret));
  config.calls_per_second = 1e6;
  config.burst = 1e6;
  config.answer_bytes_max = 1 << 20;
  return config;
}

template <class T>
void require_told(const Answer<T>& answer) {
  if (answer) return;
  const TargetError& error = answer.error();
  fuzz::require_sentence(error.text, 4096);
  const bool told = error.text.find(client_secret) != std::string::npos;
  fuzz::require(!told, "no secret is told", error.text);
}

/// Makes the calls; each is to end with an answer or an error, whatever comes.
class Session {
 public:
  explicit Session(std::string_view answers) : peer_(loop_, answers) {
    const TargetConfig config = config_for(peer_.port());
    client_ = std::make_unique<extension::Client>(loop_.get_executor(), config, clock_, log_);
  }

  void make_call(std::size_t which) {
    const AccountId ada("auth0|ada");
    const EntitlementId staff("5a1e0000-0000-4000-8000-000000000001");
    switch (which) {
      case 0:
        return finish(client_->groups());
      case 1:
        return finish(client_->roles());
      case 2:
        return finish(client_->add_members(staff, {ada}));
      case 3:
        return finish(client_->remove_roles(ada, {staff}));
      case 4:
        return finish(client_->user(ada));
      case 5:
        return finish(client_->users_with_email("ada@example.com"));
      case 6:
        return finish(client_->users_page(1));
      case 7:
        return finish(client_->permissions());
      case 8:
        return finish(client_->create_group("Staff", ""));
      case 9:
        return finish(client_->effective(ada, "app", "waad"));
      case 10:
        return finish(client_->storage());
      default:
        return finish(client_->probe());
    }
  }

 private:
  template <class T>
  void finish(Task<Answer<T>> call) {
    bool over = false;
    asio::cancellation_signal cancel;
    auto on_exit = [&over](std::exception_ptr error, const Answer<T>& answer) {
      if (!error) require_told(answer);
      over = true;
    };
    loop_.restart();
    asio::co_spawn(
        loop_, std::move(call), asio::bind_cancellation_slot(cancel.slot(), std::move(on_exit))
    );
    // Waits of seconds, which a peer may ask for, end here with the call being cancelled.
    int idle = 0;
    while (!over) {
      const bool busy = peer_.turn() || loop_.poll() > 0;
      idle = busy ? 0 : idle + 1;
      if (idle == 2) peer_.end_answer();
      if (idle > 2) loop_.run_one_for(std::chrono::milliseconds(1));
      if (idle == 5) cancel.emit(asio::cancellation_type::terminal);
      fuzz::require(idle < 10'000, "a call comes to its end");
    }
  }

  asio::io_context loop_{1};
  test::ManualClock clock_;
  fuzz::WatchedLog log_{std::string(client_secret)};
  Peer peer_;
  std::unique_ptr<extension::Client> client_;
};

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  fuzz::Input input(data, size);
  const std::string_view calls = input.line().substr(0, 6);
  Session session(input.rest());
  fuzz::Choices choices(calls);
  for (std::size_t i = 0; i < calls.size(); ++i) session.make_call(choices.next(12));
  return 0;
}
