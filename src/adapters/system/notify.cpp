#include "rosterd/adapters/system/notify.hpp"

#include "rosterd/base/text.hpp"

#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

namespace rosterd::system {

namespace {

// The service manager compares this with its own CLOCK_MONOTONIC.
std::string monotonic_micros() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}

}  // namespace

void ServiceManager::ready(std::string_view status) {
  tell("READY=1\nSTATUS=" + printable(status));
}

void ServiceManager::reloading() {
  tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_micros());
}

void ServiceManager::stopping() {
  tell("STOPPING=1");
}

void ServiceManager::status(std::string_view text) {
  tell("STATUS=" + printable(text));
}

void ServiceManager::alive() {
  tell("WATCHDOG=1");
}

std::optional<Duration> ServiceManager::watchdog_interval() const {
  std::uint64_t micros = 0;
  if (sd_watchdog_enabled(0, &micros) <= 0) return std::nullopt;
  return Duration{static_cast<Duration::rep>(micros)};
}

std::vector<InheritedSocket> ServiceManager::take_sockets() {
  constexpr int unset_environment = 1;
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(unset_environment, &names);
  std::vector<InheritedSocket> sockets;
  for (int i = 0; i < count; ++i) {
    sockets.push_back({.fd = SD_LISTEN_FDS_START + i, .name = names[i]});
    std::free(names[i]);
  }
  std::free(names);
  return sockets;
}

// A service manager that does not listen must not stop the work, so the answer is not looked at.
void ServiceManager::tell(const std::string& lines) {
  sd_notify(0, lines.c_str());
}

}  // namespace rosterd::system
