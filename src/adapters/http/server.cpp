#include "rosterd/adapters/http/server.hpp"

#include "adapters/http/connection.hpp"
#include "adapters/http/listen.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/base/wakeup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace rosterd::http {

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
/// How many clients at a time are told that there are too many; more are closed without a word.
constexpr std::size_t refusals_max = 64;
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::chrono::hours nobody_there{1};

asio::ssl::context tls_context(const TlsFiles& files) {
  using asio::ssl::context;
  context tls(context::tls_server);
  tls.set_options(context::default_workarounds | context::no_compression);
  ::SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_mode(tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  tls.use_certificate_chain_file(files.certificate_chain);
  tls.use_private_key_file(files.private_key, context::pem);
  return tls;
}

Duration shortest(const Limits& limits) {
  return std::min(
      {limits.header_read,
       limits.body_read,
       limits.idle,
       limits.write,
       limits.tls_handshake,
       farewell}
  );
}

std::string message_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& reason) {
    return reason.what();
  } catch (...) {
    return "not a standard exception";
  }
}

bool is_shortage(const boost::system::error_code& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_memory ||
         error == asio::error::no_buffer_space ||
         error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

class Server::Core final : public Hub, public std::enable_shared_from_this<Server::Core> {
 public:
  Core(
      asio::io_context& loop,
      const Endpoint& endpoint,
      HttpHandler& request_handler,
      const Clock& the_clock,
      Log& the_log,
      Options server_options
  )
      : Hub(request_handler, the_clock, the_log, std::move(server_options)),
        loop_(loop),
        listening_(open_listener(loop, endpoint)),
        pause_(loop),
        news_(loop.get_executor()) {
    if (options.tls) tls_ = std::make_unique<asio::ssl::context>(tls_context(*options.tls));
  }
  ~Core() override { remove_socket_file(); }

  Task<void> run(std::stop_token stop);
  std::uint16_t port() const { return listening_.port; }

  void left() override {
    if (stopping) news_.notify();
  }

 private:
  void start_accepting();
  Task<void> accept_all();
  void admit(Socket socket);
  bool make_room();
  void connection_ended(Connection& connection, std::exception_ptr error);
  void begin_stop();
  void insist();
  void remove_socket_file();
  Duration expire_overdue();
  bool everybody_left() const { return connections.empty() && !accepting_; }

  asio::io_context& loop_;
  Listening listening_;
  std::unique_ptr<asio::ssl::context> tls_;
  asio::steady_timer pause_;
  Wakeup news_;  ///< the first client came, the last ones leave, or a stop was asked for
  std::exception_ptr accept_failure_;
  bool accepting_ = false;
};

Task<void> Server::Core::run(std::stop_token stop) {
  const std::stop_callback wake_me(stop, [this] { news_.notify(); });
  start_accepting();
  std::exception_ptr cancelled;
  try {
    while (!stopping || !everybody_left()) {
      if (stop.stop_requested() || accept_failure_) begin_stop();
      if (stopping && everybody_left()) break;
      const Duration pause = expire_overdue();
      co_await news_.wait_for(pause);
    }
  } catch (const boost::system::system_error&) {
    cancelled = std::current_exception();
  }
  if (cancelled) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    begin_stop();
    insist();
    while (!everybody_left()) co_await news_.wait_for(std::chrono::seconds(1));
  }
  if (accept_failure_) std::rethrow_exception(accept_failure_);
  if (cancelled && !stop.stop_requested()) std::rethrow_exception(cancelled);
}

void Server::Core::start_accepting() {
  accepting_ = true;
  const auto self = shared_from_this();
  auto on_exit = [self](std::exception_ptr error) {
    self->accepting_ = false;
    self->accept_failure_ = error;
    self->news_.notify();
  };
  asio::co_spawn(loop_, accept_all(), std::move(on_exit));
}

Task<void> Server::Core::accept_all() {
  bool short_of_descriptors = false;
  while (!stopping) {
    auto [error, socket] = co_await listening_.acceptor.async_accept(as_result);
    if (stopping) co_return;
    if (!error) {
      short_of_descriptors = false;
      admit(std::move(socket));
    } else if (is_shortage(error)) {
      if (!std::exchange(short_of_descriptors, true)) {
        log.warning("cannot accept connections for now", {{"error", error.message()}});
      }
      pause_.expires_after(pause_without_descriptors);
      co_await pause_.async_wait(as_result);
    } else if (error == asio::error::bad_descriptor || error == asio::error::invalid_argument) {
      throw boost::system::system_error(error, "accept");
    }
    // Anything else is the client's: it left between connecting and being accepted.
  }
}

void Server::Core::admit(Socket socket) {
  if (connections.size() >= options.limits.connections_max + refusals_max) return;
  const bool full = connections.size() >= options.limits.connections_max && !make_room();
  if (listening_.is_tcp) {
    const int on = 1;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  const auto connection = make_connection(
      shared_from_this(), std::move(socket), tls_.get(), full ? Welcome::too_many : Welcome::serve
  );
  auto on_exit = [self = shared_from_this(), connection](std::exception_ptr error) {
    if (error) self->connection_ended(*connection, error);
  };
  asio::co_spawn(
      loop_,
      connection->serve(),
      asio::bind_cancellation_slot(connection->cancel().slot(), std::move(on_exit))
  );
  if (connections.size() == 1) news_.notify();
}

// Somebody who keeps many connections open and says nothing must not keep the others out.
bool Server::Core::make_room() {
  const auto leaves = [](Connection* connection) { return connection->make_room(); };
  return std::any_of(connections.begin(), connections.end(), leaves);
}

void Server::Core::connection_ended(Connection& connection, std::exception_ptr error) {
  if (connection.insisted()) return;
  log.error("a connection failed inside", {{"error", printable(message_of(error))}});
}

// Returns how long no deadline can pass: until the earliest one there is, and no longer than the
// shortest limit, because that is the earliest that a new one can be.
Duration Server::Core::expire_overdue() {
  if (connections.empty()) return nobody_there;
  const Duration now = clock.monotonic();
  Duration earliest = now + shortest(options.limits);
  for (auto place = connections.begin(); place != connections.end();) {
    Connection& connection = **place++;
    if (connection.deadline() <= now) connection.expire();
    earliest = std::min(earliest, connection.deadline());
  }
  return earliest - now;
}

void Server::Core::begin_stop() {
  if (std::exchange(stopping, true)) return;
  boost::system::error_code ignored;
  listening_.acceptor.close(ignored);
  remove_socket_file();
  pause_.cancel();
  for (auto place = connections.begin(); place != connections.end();) {
    Connection& connection = **place++;
    connection.leave_if_idle();
  }
}

void Server::Core::insist() {
  for (auto place = connections.begin(); place != connections.end();) {
    Connection& connection = **place++;
    connection.insist();
  }
}

void Server::Core::remove_socket_file() {
  if (listening_.socket_file.empty()) return;
  ::unlink(listening_.socket_file.c_str());
  listening_.socket_file.clear();
}

Server::Server(
    asio::io_context& loop,
    const Endpoint& endpoint,
    HttpHandler& handler,
    const Clock& clock,
    Log& log,
    Options options
)
    : core_(std::make_shared<Core>(loop, endpoint, handler, clock, log, std::move(options))) {}

Server::~Server() = default;

std::uint16_t Server::port() const {
  return core_->port();
}

Task<void> Server::run(std::stop_token stop) {
  return core_->run(std::move(stop));
}

std::size_t Server::connections() const {
  return core_->connections.size();
}

}  // namespace rosterd::http
