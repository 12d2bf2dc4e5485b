// Sends signed events, each one once, over connections that stay open:
//   rosterd_ingest_load PORT MILLISECONDS CONNECTIONS RUN EVENTS_MAX
// and tells what came of it as one line of JSON. All requests are made before the first is sent.
#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/base/task.hpp"
#include "signed_event.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::bench {
namespace {

using Time = std::chrono::steady_clock;

std::string wire_form(const SignedEvent& event) {
  return "POST /v1/events/hr HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
         "webhook-id: " +
         event.id + "\r\nwebhook-timestamp: " + event.timestamp +
         "\r\nwebhook-signature: " + event.signature +
         "\r\nContent-Length: " + std::to_string(event.body.size()) + "\r\n\r\n" + event.body;
}

/// The length of the answer that `bytes` begins with; 0 while its header is not there.
std::size_t answer_length(std::string_view bytes) {
  constexpr std::string_view name = "content-length:";
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const auto header = bytes.substr(0, end);
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto at = std::search(header.begin(), header.end(), name.begin(), name.end(), same);
  if (at == header.end()) return end + 4;
  const auto digits = header.substr(static_cast<std::size_t>(at - header.begin()) + name.size());
  return end + 4 + std::strtoull(digits.data(), nullptr, 10);
}

class Load {
 public:
  Load(std::uint16_t port, std::string_view run, std::size_t events) : port_(port) {
    const auto crypto = openssl::make_crypto();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    requests_.reserve(events);
    for (std::size_t i = 0; i < events; ++i) {
      requests_.push_back(
          wire_form(signed_event(event_id(run, i), event_body(run, i), seconds, *crypto))
      );
    }
    waits_.reserve(events);
  }

  void run(std::size_t connections, std::chrono::milliseconds time) {
    const auto start = Time::now();
    until_ = start + time;
    for (std::size_t i = 0; i < connections; ++i) {
      asio::co_spawn(loop_, send(), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
      });
    }
    loop_.run();
    const std::chrono::duration<double> took = Time::now() - start;
    std::sort(waits_.begin(), waits_.end());
    std::cout << R"({"requests": )" << waits_.size() << R"(, "seconds": )" << took.count()
              << R"(, "p50_us": )" << wait_of(50) << R"(, "p99_us": )" << wait_of(99) << "}\n";
  }

 private:
  Task<void> send() {
    asio::ip::tcp::socket socket(loop_);
    const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), port_);
    co_await socket.async_connect(server, asio::use_awaitable);
    socket.set_option(asio::ip::tcp::no_delay(true));
    std::array<char, 4096> received;
    while (next_ < requests_.size() && Time::now() < until_) {
      const std::string& request = requests_[next_++];
      const auto sent_at = Time::now();
      co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
      std::size_t size = 0, wanted = 0;
      while (wanted == 0 || size < wanted) {
        const auto room = asio::buffer(received) + size;
        size += co_await socket.async_read_some(room, asio::use_awaitable);
        wanted = answer_length({received.data(), size});
      }
      constexpr std::string_view accepted = "HTTP/1.1 202";
      if (std::string_view(received.data(), size).substr(0, accepted.size()) != accepted) {
        throw std::runtime_error("not accepted: " + std::string(received.data(), size));
      }
      waits_.push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(Time::now() - sent_at).count()
      );
    }
  }

  std::int64_t wait_of(std::size_t percent) const {
    return waits_.empty() ? 0 : waits_[(waits_.size() - 1) * percent / 100];
  }

  asio::io_context loop_{1};
  std::uint16_t port_;
  std::vector<std::string> requests_;
  std::size_t next_ = 0;
  Time::time_point until_;
  std::vector<std::int64_t> waits_;
};

}  // namespace
}  // namespace rosterd::bench

int main(int count, char** words) try {
  if (count != 6) throw std::runtime_error("PORT MILLISECONDS CONNECTIONS RUN EVENTS_MAX");
  rosterd::bench::Load load(
      static_cast<std::uint16_t>(std::stoul(words[1])), words[4], std::stoul(words[5])
  );
  load.run(std::stoul(words[3]), std::chrono::milliseconds(std::stol(words[2])));
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
