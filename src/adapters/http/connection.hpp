#pragma once

#include "adapters/http/listen.hpp"
#include "adapters/http/response_writer.hpp"
#include "rosterd/adapters/http/server.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ssl/context.hpp>

#include <list>
#include <memory>

namespace rosterd::http {

using Socket = asio::basic_stream_socket<AnyStream, asio::io_context::executor_type>;

/// How long a client that was refused may take to read the answer and leave.
constexpr Duration farewell = std::chrono::seconds(2);

/// After which time a connection whose limit has passed is told so again.
constexpr Duration reminder = std::chrono::milliseconds(50);

class Connection;

/// What all connections of one server share. They keep it alive.
struct Hub {
  Hub(HttpHandler& request_handler, const Clock& the_clock, Log& the_log, Options server_options)
      : handler(request_handler),
        clock(the_clock),
        log(the_log),
        options(std::move(server_options)) {}
  virtual ~Hub() = default;

  /// A connection is gone; called from its destructor.
  virtual void left() = 0;

  HttpHandler& handler;
  const Clock& clock;
  Log& log;
  const Options options;
  DateText date;
  /// Who has waited longest for its client comes first among those that wait.
  std::list<Connection*> connections;
  bool stopping = false;
};

/// One client. Owned by its own coroutine's completion handler; the hub only knows it.
///
/// Time limits are one number, `deadline_`, that the server compares with the clock: an operation
/// costs no timer. The server sleeps until the earliest deadline, or for the shortest limit there
/// is, so no deadline set meanwhile can be missed.
class Connection {
 public:
  explicit Connection(std::shared_ptr<Hub> hub);
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  virtual Task<void> serve() = 0;

  Duration deadline() const { return deadline_; }
  /// The deadline has passed: pending I/O fails, and `serve` says 408 or leaves. An operation of
  /// several steps that is between two of them does not notice, so there is a next deadline.
  void expire();
  /// There is no room left: leaves if it only waits for its client. True when it does.
  bool make_room();
  /// The server stops: leaves unless a request is in flight.
  void leave_if_idle();
  /// Cancels whatever goes on, the handler included.
  void insist();
  bool insisted() const { return insisted_; }

  asio::cancellation_signal& cancel() { return cancel_; }

 protected:
  virtual void cancel_io() = 0;

  void limit(Duration time) {
    deadline_ = hub_->clock.monotonic() + time;
    expired_ = false;
  }
  void unlimited() {
    deadline_ = Duration::max();
    expired_ = false;
  }
  bool expired() const { return expired_; }
  void idle(bool is_idle);

  const std::shared_ptr<Hub> hub_;

 private:
  std::list<Connection*>::iterator place_;
  asio::cancellation_signal cancel_;
  Duration deadline_ = Duration::max();
  bool expired_ = false;
  bool idle_ = true;
  bool insisted_ = false;
};

/// Why a connection is there: to be served, or to be told that there are too many.
enum class Welcome { serve, too_many };

std::shared_ptr<Connection> make_connection(
    std::shared_ptr<Hub> hub, Socket socket, asio::ssl::context* tls, Welcome welcome
);

}  // namespace rosterd::http
