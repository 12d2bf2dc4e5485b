#pragma once

#include "rosterd/base/instant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::system {

/// A listening socket that the service manager opened (systemd.socket(5)).
struct InheritedSocket {
  int fd = -1;       ///< the caller owns it now; close-on-exec
  std::string name;  ///< FileDescriptorName=; `unknown` when the unit gives none
};

/// What the service manager is told (sd_notify(3)) and asked. Where there is none, telling does
/// nothing. For the main thread.
class ServiceManager {
 public:
  /// Recovery is done and events are accepted.
  void ready(std::string_view status);
  /// SIGHUP was taken; `ready` must follow.
  void reloading();
  void stopping();
  /// One line for `systemctl status`.
  void status(std::string_view text);
  /// Feeds the watchdog. Call it when work has moved on, never from a bare timer.
  void alive();

  /// Silence after which the service manager kills us; feed at half of it. Nothing: no watchdog.
  std::optional<Duration> watchdog_interval() const;

  /// The sockets handed over. A second call gives none, and child processes see none.
  std::vector<InheritedSocket> take_sockets();

 private:
  void tell(const std::string& lines);
};

}  // namespace rosterd::system
