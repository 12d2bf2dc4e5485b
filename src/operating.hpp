#pragma once

#include "compose.hpp"
#include "metrics_endpoint.hpp"
#include "operator_door.hpp"
#include "operator_history.hpp"
#include "operator_reads.hpp"
#include "store_reader.hpp"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

namespace rosterd {

/// The operator's side of the daemon: what can be seen of it, and the listeners on which it is
/// seen and told. What it shows is counted and known elsewhere; here it is only put together.
class Daemon::Operating {
 public:
  /// Listens where the configuration says, or on a socket that systemd hands over as `operator`.
  Operating(Daemon& daemon, std::vector<system::InheritedSocket>& sockets);

  void spawn(Supervisor& supervisor);

  /// Where it listens with a token; 0: nowhere.
  std::uint16_t tcp_port() const { return tcp_ ? tcp_->port() : 0; }

  /// Ends reading the store: after the loop has, and before the store is closed.
  void close() { store_.close(); }

  /// After a reload; the addresses stay until a restart.
  void reload(const Config& fresh);

 private:
  /// What of the configuration counts here, and can be replaced.
  struct Settings {
    GuardSettings guard;
    bool personal_data = false;
  };

  void listen_on_socket(std::vector<system::InheritedSocket>& sockets);
  void listen_on_tcp();
  void adopt(const system::InheritedSocket& socket);
  OperatorDoor::Parts door_parts();

  Task<void> record(std::stop_token stop);
  Task<void> add_to_history();

  std::uint64_t calls() const;
  LiveStatus live() const;
  OperatorReads::Explain explain() const;
  prometheus::MetricsSnapshot snapshot() const;
  void add_work(prometheus::MetricsSnapshot& snapshot) const;
  void add_ingest(prometheus::MetricsSnapshot& snapshot) const;
  void add_target(prometheus::MetricsSnapshot& snapshot) const;

  Daemon& daemon_;
  Settings settings_;
  Instant started_at_;
  Duration started_;  // monotonic
  StoreReader store_;
  OperatorHistory history_;
  CallRate call_rate_;
  OperatorReads reads_;
  MetricsEndpoint metrics_;
  OperatorDoor socket_door_;  // whoever reaches it may
  OperatorDoor tcp_door_;     // the token is asked for
  std::unique_ptr<http::Server> socket_;
  std::unique_ptr<http::Server> tcp_;
};

}  // namespace rosterd
