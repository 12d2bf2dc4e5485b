#include "ask_daemon.hpp"

#include "context.hpp"
#include "exit_code.hpp"
#include "progress_line.hpp"
#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

namespace rosterd::cli {

namespace {

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

/// Whatever is answered, somebody answers.
DaemonPost sign_of_life() {
  DaemonPost post;
  post.target = "/healthz";
  post.answer_max = std::chrono::seconds{30};
  return post;
}

}  // namespace

std::optional<http::UnixAnswer> ask_daemon(const Config& config, const DaemonPost& post) {
  if (config.operator_.socket.empty()) return std::nullopt;
  ProgressLine line;
  const auto show = [&](const std::string& waited) {
    if (!post.doing.empty()) line.show(post.doing + " …" + waited);
  };
  show("");
  http::UnixPost unix_post;
  unix_post.socket = config.operator_.socket;
  unix_post.target = post.target;
  unix_post.json = post.json;
  unix_post.answer_max = post.answer_max;
  unix_post.waiting = [&](Duration waited) { show(" " + to_string(waited)); };
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

bool daemon_runs(const Config& config) {
  return ask_daemon(config, sign_of_life()).has_value();
}

void expect_daemon(const Config& config) {
  ask_running_daemon(config, sign_of_life());
}

std::string error_in(const http::UnixAnswer& answer) {
  constexpr std::size_t bytes_max = 2'000;
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  const bool said = json.is_object() && json.contains("error") && json["error"].is_string();
  return said ? printable(json["error"].get<std::string>(), bytes_max) : "";
}

void refused(const http::UnixAnswer& answer) {
  const std::string error = error_in(answer);
  fail(
      "the daemon refused (HTTP " + std::to_string(answer.status) + ")" +
      (error.empty() ? "" : ": " + error)
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
