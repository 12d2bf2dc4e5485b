#pragma once

#include "operator_api.hpp"
#include "rosterd/adapters/extension/client.hpp"
#include "rosterd/adapters/http/server.hpp"
#include "rosterd/adapters/prometheus/metrics.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/adapters/system/clock.hpp"
#include "rosterd/adapters/system/crash_mark.hpp"
#include "rosterd/adapters/system/credentials.hpp"
#include "rosterd/adapters/system/log.hpp"
#include "rosterd/adapters/system/notify.hpp"
#include "rosterd/adapters/system/random.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/base/supervisor.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/policy.hpp"
#include "rosterd/ingest/webhook.hpp"
#include "rosterd/sync/engine.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace rosterd {

/// The daemon: everything that `rosterd serve` is made of, in the order in which it is built. It is
/// destroyed in reverse, after the loop has run dry.
class Daemon {
 public:
  /// Builds it of a configuration in which `config_problems` found nothing; throws when the
  /// environment does not allow it (store locked, address in use).
  Daemon(Config config, std::shared_ptr<const Policy> policy);
  ~Daemon();

  /// Serves until SIGTERM or SIGINT; throws what ended it otherwise.
  void run();

 private:
  class Drops;
  class Operating;

  void open_webhooks(std::vector<system::InheritedSocket>& sockets);

  /// Recovery first; only then is anything accepted, worked on, or called ready.
  Task<void> start();
  Task<void> recover();
  void leave_mark_unless_environment_is_broken();
  Task<void> check_tenant();
  Task<void> make_structure();
  Task<void> handle_signals(std::stop_token stop);

  /// What SIGHUP brings; all of it, or nothing.
  struct Reloaded {
    Config config;
    std::shared_ptr<const Policy> policy;
    std::vector<ingest::WebhookSource> sources;
  };
  /// One at a time; a SIGHUP before the start is over is kept until then.
  Task<void> reload_while_wanted();
  Task<void> reload();
  std::optional<Reloaded> read_again();

  Task<void> feed_watchdog(std::stop_token stop);
  Task<void> prune(std::stop_token stop);
  std::vector<std::string> not_ready() const;

  Config config_;
  std::shared_ptr<const Policy> policy_;

  system::SystemClock clock_;
  system::SystemRandomness randomness_;
  system::SystemTimeZones zones_;
  system::SystemCredentials credentials_;
  system::StderrLog log_;
  system::ServiceManager manager_;
  std::unique_ptr<Crypto> crypto_;
  prometheus::Metrics metrics_;

  asio::io_context loop_{1};
  asio::signal_set signals_;
  sqlite::Store store_;
  system::CrashMark crash_mark_;
  extension::Client client_;
  sync::Engine engine_;
  ingest::WebhookEndpoint webhooks_;
  OperatorApi operator_api_;
  std::unique_ptr<Drops> drops_;

  std::unique_ptr<http::Server> webhook_server_;
  std::unique_ptr<Operating> operating_;
  Supervisor supervisor_;
  std::size_t poisoned_ = 0;  ///< events that were given up at the start
  bool ready_ = false;
  bool reload_wanted_ = false;
  bool reloading_ = false;
};

}  // namespace rosterd
