#pragma once

#include "context.hpp"
#include "rosterd/adapters/extension/client.hpp"
#include "rosterd/adapters/system/log.hpp"

#include <boost/asio/io_context.hpp>

#include <string>

namespace rosterd::cli {

/// The tenant, for one command: a loop, a log that is silent below warnings, and the client.
struct TenantAccess {
  TenantAccess(const World& world, const Config& config)
      : log(*world.clock, LogLevel::error, system::LogStyle::lines),
        client(loop.get_executor(), config.target, *world.clock, log) {}

  asio::io_context loop{1};
  system::StderrLog log;
  extension::Client client;
};

/// The sentence for people about a call that gave no answer, with the remedy for its class.
std::string explained(const TargetError& error);

}  // namespace rosterd::cli
