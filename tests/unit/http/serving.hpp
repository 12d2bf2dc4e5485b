#pragma once

#include "rosterd/adapters/http/server.hpp"
#include "rosterd/base/wakeup.hpp"
#include "support/raw_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace rosterd::test {

using namespace std::chrono_literals;

class RealClock : public Clock {
 public:
  Instant now() const override { return *parse_rfc3339("2026-03-02T09:00:00Z"); }
  Duration monotonic() const override {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()
    );
  }
};

class RememberingLog : public Log {
 public:
  void write(LogLevel, std::string_view message, const std::vector<LogField>& fields) override {
    const std::lock_guard lock(mutex_);
    text_ += message;
    for (const LogField& field : fields) {
      text_ += ' ';
      text_ += field.name;
      text_ += '=' + field.value;
    }
    text_ += '\n';
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// Answers by path: `/echo` says what came in, `/wait` answers when the test says so, `/throw`
/// throws, `/refused` is refused before its body, `/fault/…` misbehaves.
class ScriptedHandler : public HttpHandler {
 public:
  explicit ScriptedHandler(asio::io_context& loop) : released_(loop.get_executor()) {}

  Task<HttpResponse> handle(const HttpRequest& request) override {
    ++handled;
    const std::string_view path = request.path();
    if (path == "/throw") throw std::runtime_error("the disk is full");
    if (path == "/wait") {
      waiting.set_value();
      co_await released_.wait_for(1h);
    }
    if (path == "/empty") co_return HttpResponse(204);
    if (path == "/large") co_return HttpResponse(200, "text/plain", std::string(8'000'000, 'x'));
    HttpResponse response(200, "text/plain", described(request));
    if (path == "/fault/reset") response.fault.kind = HttpFault::Kind::reset;
    if (path == "/fault/truncate") response.fault.kind = HttpFault::Kind::truncate;
    if (path == "/fault/stall") response.fault.kind = HttpFault::Kind::stall;
    co_return response;
  }

  std::optional<HttpResponse> refuse_early(const HttpRequest& header_only) override {
    if (header_only.path() != "/refused") return std::nullopt;
    return HttpResponse(404, "text/plain", "no such path");
  }

  std::size_t body_bytes_max(std::string_view target) const override {
    return target.starts_with("/big") ? 1'000'000 : 1'000;
  }

  HttpResponse protocol_error(unsigned status) const override {
    return HttpResponse(status, "text/plain", "protocol error");
  }

  void release() { released_.notify(); }

  std::promise<void> waiting;
  std::atomic<int> handled = 0;

 private:
  static std::string described(const HttpRequest& request) {
    std::string text(request.method);
    text += ' ';
    text += request.target;
    text += request.over_tls ? " tls" : "";
    text += request.body.size() > 100 ? " " + std::to_string(request.body.size()) + " bytes"
                                      : " [" + std::string(request.body) + "]";
    return text;
  }

  Wakeup released_;
};

/// A server on a thread of its own, so that the test can be a plain, blocking client.
class Serving : public testing::Test {
 protected:
  Serving() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::temp_directory_path() /
                 ("rosterd_http_" + std::to_string(::getpid()) + "_" + test->name());
    std::filesystem::create_directories(directory_);
  }

  ~Serving() override {
    stop();
    std::filesystem::remove_all(directory_);
  }

  void serve(const http::Endpoint& endpoint = http::TcpListen{.host = "127.0.0.1", .port = 0}) {
    server_ = std::make_unique<http::Server>(loop_, endpoint, handler, clock_, log, options);
    auto on_exit = [this](std::exception_ptr error) { failure_ = error; };
    asio::co_spawn(loop_, server_->run(stop_.get_token()), std::move(on_exit));
    thread_ = std::thread([this] { loop_.run(); });
  }

  std::uint16_t port() const { return server_->port(); }

  /// Waits for one turn of the loop; zero connections before any came are not news.
  std::size_t connections() {
    std::promise<std::size_t> count;
    on_loop([&] { count.set_value(handler.handled > 0 ? server_->connections() : 1); });
    return count.get_future().get();
  }

  RawClient client() { return RawClient::tcp(server_->port()); }

  /// The same of a server that need not have served anybody yet.
  std::size_t open_connections() {
    std::promise<std::size_t> count;
    on_loop([&] { count.set_value(server_->connections()); });
    return count.get_future().get();
  }

  /// What the server answers to these bytes, until it closes.
  std::string exchange(std::string_view bytes) {
    RawClient peer = client();
    peer.say(bytes);
    return peer.until_closed();
  }

  unsigned status_for(std::string_view bytes) { return status_of(exchange(bytes)); }

  void on_loop(std::function<void()> work) { asio::post(loop_, std::move(work)); }
  void ask_to_stop() {
    on_loop([this] { stop_.request_stop(); });
  }
  void wait_until_stopped() {
    if (thread_.joinable()) thread_.join();
  }
  void stop() {
    if (!thread_.joinable()) return;
    ask_to_stop();
    on_loop([this] { handler.release(); });
    wait_until_stopped();
    EXPECT_FALSE(failure_);
  }

  std::string path(const std::string& name) const { return directory_ / name; }

  http::Options options;
  asio::io_context loop_{1};
  ScriptedHandler handler{loop_};
  RememberingLog log;

 private:
  RealClock clock_;
  std::filesystem::path directory_;
  std::unique_ptr<http::Server> server_;
  std::stop_source stop_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace rosterd::test
