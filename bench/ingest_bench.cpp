// Requests a second of the webhook server, end to end over loopback, beside a bare handler on the
// same server: rosterd_ingest_bench OUT.json
#include "made_up.hpp"
#include "rosterd/adapters/http/server.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/clock.hpp"
#include "rosterd/adapters/system/log.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "rosterd/ingest/webhook.hpp"
#include "signed_event.hpp"
#include "support/temp_store.hpp"

#include <boost/asio/post.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <utility>
#include <vector>

namespace rosterd::bench {
namespace {

constexpr int rounds = 5;
constexpr int connections = 64;
constexpr int window_milliseconds = 1'000;
constexpr std::size_t events_a_window = 60'000;  // more than any handler takes in a window
constexpr std::size_t fill_batch = 1'000;

/// Answers at once what the real endpoint would answer.
class Bare : public HttpHandler {
 public:
  Task<HttpResponse> handle(const HttpRequest&) override {
    co_return HttpResponse(202, "application/json", R"({"accepted":1,"duplicates":0,"ids":["0"]})");
  }
  std::size_t body_bytes_max(std::string_view) const override { return 256 << 10; }
};

/// Keeps nothing: what is left is the examination of a request.
class Forgetful : public EventLog {
 public:
  Task<AcceptResult> accept(std::vector<NewEvent> batch) override {
    AcceptResult result;
    result.events.resize(batch.size());
    co_return result;
  }
};

struct Tools {
  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  system::SystemTimeZones zones;
  system::SystemClock clock;
  system::StderrLog log{clock, LogLevel::error};
};

ingest::WebhookEndpoint endpoint(EventLog& events, Tools& tools) {
  auto verifier = ingest::SignatureVerifier::make(
      *ingest::builtin_profile("standard-webhooks"),
      {Secret(signing_key())},
      std::chrono::minutes{5},
      *tools.crypto
  );
  std::vector<ingest::WebhookSource> sources;
  sources.push_back({"hr", std::move(*verifier), std::nullopt, "UTC"});
  return {
      {events, *tools.crypto, tools.zones, tools.clock, tools.log},
      ingest::EventLimits(),
      std::move(sources)};
}

struct Window {
  std::string load;  ///< what the sender says of it, JSON
  double cpu_seconds = 0;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string run_load(std::uint16_t port, const std::string& run, std::size_t events) {
  const std::string command = std::string(ROSTERD_LOAD) + " " + std::to_string(port) + " " +
                              std::to_string(window_milliseconds) + " " +
                              std::to_string(connections) + " " + run + " " +
                              std::to_string(events);
  const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
  if (!output) throw std::runtime_error("the load cannot be started");
  char line[512] = "";
  if (std::fgets(line, sizeof(line), output.get()) == nullptr) {
    throw std::runtime_error("the load failed");
  }
  std::string text(line);
  return text.substr(0, text.find('\n'));
}

Window measure(
    asio::io_context& loop,
    HttpHandler& handler,
    Tools& tools,
    const std::string& run,
    std::size_t events = events_a_window
) {
  loop.restart();
  http::Server server(loop, http::TcpListen{"127.0.0.1", 0}, handler, tools.clock, tools.log);
  std::stop_source stop;
  std::exception_ptr failure;
  asio::co_spawn(loop, server.run(stop.get_token()), [&](std::exception_ptr error) {
    failure = error;
  });
  Window window;
  const double before = cpu_seconds();
  std::thread sender([&, port = server.port()] {
    try {
      window.load = run_load(port, run, events);
    } catch (const std::exception& error) {
      std::cerr << error.what() << "\n";
    }
    asio::post(loop, [&] { stop.request_stop(); });
  });
  loop.run();
  sender.join();
  if (failure) std::rethrow_exception(failure);
  if (window.load.empty()) throw std::runtime_error("nothing was measured");
  window.cpu_seconds = cpu_seconds() - before;
  return window;
}

void fill(test::TempStore& store, std::size_t events, const Crypto& crypto) {
  for (std::size_t done = 0; done < events; done += fill_batch) {
    std::vector<NewEvent> batch;
    for (std::size_t i = 0; i < fill_batch; ++i) {
      batch.push_back(new_event("old", done + i, crypto));
      batch.back().state = EventState::ignored;
    }
    store.run(store.event_log().accept(std::move(batch)));
  }
}

class Report {
 public:
  explicit Report(const char* file) : out_(file) { out_ << "["; }
  ~Report() { out_ << "\n]\n"; }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  void add(const char* handler, int round, const Window& window) {
    out_ << (first_ ? "\n" : ",\n") << R"({"handler": ")" << handler << R"(", "round": )" << round
         << R"(, "cpu_seconds": )" << window.cpu_seconds << R"(, "load": )" << window.load << "}";
    out_.flush();
    std::cout << handler << ": " << window.load << std::endl;
    first_ = false;
  }

 private:
  std::ofstream out_;
  bool first_ = true;
};

std::size_t requests_in(const Window& window) {
  constexpr std::string_view name = R"("requests": )";
  return std::stoul(window.load.substr(window.load.find(name) + name.size()));
}

void run(const char* file) {
  Tools tools;
  test::TempStore large;
  const std::size_t stored = size_from_environment("ROSTERD_BENCH_STORED", 1'000'000);
  fill(large, stored, *tools.crypto);
  auto at_large = endpoint(large.event_log(), tools);

  Report report(file);
  for (int round = 0; round < rounds; ++round) {
    const std::string name = "round" + std::to_string(round);
    asio::io_context loop{1};
    Bare bare;
    report.add("bare", round, measure(loop, bare, tools, name));

    Forgetful forgetful;
    auto examining = endpoint(forgetful, tools);
    report.add("examined", round, measure(loop, examining, tools, name));

    test::TempStore empty;
    auto at_empty = endpoint(empty.event_log(), tools);
    report.add("empty", round, measure(empty.loop(), at_empty, tools, name));

    const Window kept = measure(large.loop(), at_large, tools, name);
    report.add("stored", round, kept);
    report.add("again", round, measure(large.loop(), at_large, tools, name, requests_in(kept)));
  }
}

}  // namespace
}  // namespace rosterd::bench

int main(int count, char** words) try {
  if (count != 2) throw std::runtime_error("the file to write to is missing");
  rosterd::bench::run(words[1]);
} catch (const std::exception& error) {
  std::cerr << "rosterd_ingest_bench: " << error.what() << "\n";
  return 1;
}
