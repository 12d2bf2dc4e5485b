#include "rosterd/sandbox/sandbox.hpp"

#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "listening.hpp"
#include "rosterd/adapters/system/log.hpp"
#include "rosterd/base/supervisor.hpp"
#include "rosterd/base/text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>
#include <utility>

namespace rosterd::cli {

namespace {

http::TcpListen address_of(const std::string& text) {
  if (auto listen = tcp_listen(text)) return std::move(*listen);
  throw CommandError(
      exit_code::usage, "--listen \"" + printable(text) + "\" is no address; write 127.0.0.1:8500"
  );
}

sandbox::Options options_of(const SandboxCommand& command) {
  sandbox::Options options;
  options.lossy = command.lossy;
  if (!command.state.empty()) options.state_file = command.state;
  options.faults.latency = std::chrono::milliseconds{command.latency_ms};
  return options;
}

void announce(const std::string& address, const SandboxCommand& command) {
  std::cout << "The sandbox is a tenant with the Authorization Extension.\n"
            << "  base_url   " << address << "api\n"
            << "  token_url  " << address << "oauth/token (any client id and secret)\n"
            << "  users      " << address << "api/v2/users\n"
            << (command.lossy
                    ? "Concurrent writes to one group lose each other, as in the original.\n"
                    : "")
            << std::flush;
}

}  // namespace

int run(const SandboxCommand& command) {
  const http::TcpListen listen = address_of(command.listen);
  const World world = make_world();
  system::StderrLog log(*world.clock, LogLevel::warning);
  asio::io_context loop{1};
  sandbox::Sandbox sandbox(options_of(command), *world.clock);
  const bool fresh = command.state.empty() || !std::filesystem::exists(command.state);
  if (command.demo && fresh) sandbox.import_json(sandbox::demo_state_json());

  http::Options server_options;
  server_options.obey_faults = true;
  server_options.limits.body_read = std::chrono::seconds{60};
  const bool tls = !command.tls_cert.empty();
  if (tls) {
    server_options.tls = http::TlsFiles{command.tls_cert.string(), command.tls_key.string()};
  }
  const ServerParts parts{loop, sandbox, *world.clock, log};
  const auto server = listen_on(listen, "--listen", parts, server_options);
  const std::string address = std::string(tls ? "https://" : "http://") + listen.host + ":" +
                              std::to_string(server->port()) + "/";
  announce(address, command);

  Supervisor supervisor(loop);
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) supervisor.request_stop(std::chrono::seconds{2});
  });
  const std::stop_callback cancel(supervisor.stop_token(), [&] { signals.cancel(); });
  supervisor.spawn("sandbox", server->run(supervisor.stop_token()));
  loop.run();
  if (supervisor.failure()) std::rethrow_exception(supervisor.failure());
  sandbox.save_state();
  return exit_code::done;
}

}  // namespace rosterd::cli
