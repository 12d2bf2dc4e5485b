#pragma once

#include "rosterd/base/task.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::test {

/// One request that a peer expects, and what it then does.
class Expectation {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  Expectation(std::string verb, std::string path)
      : method(std::move(verb)), target(std::move(path)) {}

  /// 204 without a body, unless something else is said.
  Expectation& replies(unsigned code, std::string text = "", Headers extra = {}) {
    status = code;
    body = std::move(text);
    headers = std::move(extra);
    return *this;
  }
  /// These bytes instead of an answer, and then the end.
  Expectation& sends_raw(std::string bytes) {
    raw = std::move(bytes);
    answers = false;
    return *this;
  }
  /// Reads the request, and ends the connection.
  Expectation& hangs_up() { return sends_raw(""); }
  /// Announces more than it sends.
  Expectation& truncates() {
    return sends_raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"groups\": [");
  }
  /// Ends the connection after the answer, without having announced it.
  Expectation& then_closes() {
    closes = true;
    return *this;
  }
  Expectation& after(std::chrono::milliseconds time) {
    delay = time;
    return *this;
  }

  std::string method;
  std::string target;
  unsigned status = 204;
  std::string body;
  Headers headers;
  std::string raw;
  bool answers = true;
  bool closes = false;
  std::chrono::milliseconds delay{0};
};

/// What a peer was asked.
struct SeenRequest {
  std::string method;
  std::string target;
  std::string body;
  std::string authorization;
  std::string host;
  std::string content_type;
  std::string accept_encoding;
  std::size_t connection = 0;  ///< from 1
};

/// An HTTP server on loopback that knows what it will be asked, in which order, and what to answer.
/// What was not expected is answered with 599 and kept in `surprises`.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(asio::io_context& loop, asio::ssl::context* tls = nullptr);
  ~ScriptedPeer();
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  Expectation& expects(std::string method, std::string target);

  /// Ends everything, so that the loop can run out.
  void stop();

  std::uint16_t port() const { return port_; }
  std::size_t connections() const;
  std::size_t unasked() const;  ///< expectations that are left
  /// The most requests that were ever under way at once.
  std::size_t in_flight_max() const;
  const std::vector<SeenRequest>& seen() const;
  const std::vector<std::string>& surprises() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::uint16_t port_ = 0;
};

/// A proxy on loopback that opens tunnels (CONNECT) to wherever it is asked.
class TunnelProxy {
 public:
  explicit TunnelProxy(asio::io_context& loop);
  ~TunnelProxy();
  TunnelProxy(const TunnelProxy&) = delete;
  TunnelProxy& operator=(const TunnelProxy&) = delete;

  void stop();
  std::uint16_t port() const { return port_; }
  /// The heads of the requests it got.
  const std::vector<std::string>& seen() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::uint16_t port_ = 0;
};

}  // namespace rosterd::test
