#include "ask_daemon.hpp"

#include "context.hpp"
#include "exit_code.hpp"
#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <pwd.h>
#include <unistd.h>

namespace rosterd::cli {

namespace {

/// A line on standard error that is rewritten, and gone with its owner; nothing but on a terminal.
class WaitingLine {
 public:
  explicit WaitingLine(std::string doing)
      : doing_(std::move(doing)), shown_(!doing_.empty() && isatty(STDERR_FILENO) == 1) {
    if (shown_) std::cerr << doing_ << " …" << std::flush;
  }
  ~WaitingLine() {
    if (shown_) std::cerr << erase << std::flush;
  }
  WaitingLine(const WaitingLine&) = delete;
  WaitingLine& operator=(const WaitingLine&) = delete;

  void show(Duration waited) const {
    if (shown_) std::cerr << erase << doing_ << " … " << to_string(waited) << std::flush;
  }

 private:
  static constexpr const char* erase = "\r\x1b[K";

  std::string doing_;
  bool shown_;
};

[[noreturn]] void fail(const std::string& text) {
  throw CommandError(exit_code::failed, text);
}

[[noreturn]] void fail(
    const http::UnixError& error, const std::string& socket, const DaemonPost& post
) {
  using Why = http::UnixError::Why;
  const std::string unknown = "; nobody knows whether it was done: " + post.look_with + " tells";
  switch (error.why) {
    case Why::not_permitted:
      fail(
          "the daemon's socket " + socket + " may not be used by " + user_name() +
          ": use sudo, or become a member of the group that owns it"
      );
    case Why::no_answer:
      fail("the daemon gave no answer within " + to_string(post.answer_max) + unknown);
    case Why::broken_off:
      fail("the daemon ended before it answered (" + error.text + ")" + unknown);
    case Why::nobody_listens:
    case Why::unreachable:
      fail("the daemon cannot be asked at " + socket + ": " + error.text);
  }
  std::abort();
}

}  // namespace

std::optional<http::UnixAnswer> ask_daemon(const Config& config, const DaemonPost& post) {
  if (config.operator_.socket.empty()) return std::nullopt;
  const WaitingLine line(post.doing);
  http::UnixPost unix_post;
  unix_post.socket = config.operator_.socket;
  unix_post.target = post.target;
  unix_post.json = post.json;
  unix_post.answer_max = post.answer_max;
  unix_post.waiting = [&](Duration waited) { line.show(waited); };
  auto answer = http::post_to_socket(unix_post);
  if (answer) return std::move(*answer);
  if (answer.error().why == http::UnixError::Why::nobody_listens) return std::nullopt;
  fail(answer.error(), printable(unix_post.socket.string()), post);
}

http::UnixAnswer ask_running_daemon(const Config& config, const DaemonPost& post) {
  if (config.operator_.socket.empty()) {
    fail(
        "this is done by the running daemon, and " + printable(config.file.string()) +
        " gives it no [operator] socket to be asked on"
    );
  }
  if (auto answer = ask_daemon(config, post)) return std::move(*answer);
  fail(
      "this is done by the running daemon, and none listens on " +
      printable(config.operator_.socket.string()) +
      "; start it (systemctl start rosterd, or rosterd serve) and say it again"
  );
}

void expect_daemon(const Config& config) {
  DaemonPost post;
  post.target = "/healthz";
  post.answer_max = std::chrono::seconds{30};
  ask_running_daemon(config, post);
}

void refused(const http::UnixAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  const bool said = json.is_object() && json.contains("error") && json["error"].is_string();
  constexpr std::size_t bytes_max = 2'000;
  fail(
      "the daemon refused (HTTP " + std::to_string(answer.status) + ")" +
      (said ? ": " + printable(json["error"].get<std::string>(), bytes_max) : std::string())
  );
}

std::string user_name() {
  const uid_t user = getuid();
  const char* const before_sudo = std::getenv("SUDO_USER");
  std::string name;
  if (user == 0 && before_sudo != nullptr) name = printable(before_sudo);
  if (!name.empty()) return name;
  const passwd* const entry = getpwuid(user);
  if (entry != nullptr && entry->pw_name != nullptr) name = printable(entry->pw_name);
  return name.empty() ? "user " + std::to_string(user) : name;
}

}  // namespace rosterd::cli
