#include "sender.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace rosterd::test {

namespace {

constexpr std::array<const char*, 3> departments = {"Engineering", "Sales", "Finance"};
constexpr unsigned people_of_a_sender = 8;
constexpr unsigned accepted = 202;

void pause_ms(int time) {
  ::poll(nullptr, 0, time);
}

}  // namespace

Acknowledged::Acknowledged(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), file.string());
}

Acknowledged::~Acknowledged() {
  ::close(file_);
}

void Acknowledged::note(const Json& event) const {
  const std::string line = event.dump() + "\n";
  const bool written = ::write(file_, line.data(), line.size()) == std::ssize(line);
  if (written && ::fdatasync(file_) == 0) return;
  throw std::system_error(errno, std::generic_category(), "noting what was acknowledged");
}

std::vector<Json> Acknowledged::read(const std::filesystem::path& file) {
  std::vector<Json> events;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) events.push_back(Json::parse(line));
  return events;
}

Holders holders_after(const std::vector<Json>& events) {
  std::map<std::string, std::string> departments_of;
  for (const Json& event : events) {
    const bool left = event["type"] == "person.left";
    departments_of[event["person"]["id"]] =
        left ? "" : event["person"]["attributes"]["department"].get<std::string>();
  }
  Holders access;
  for (const auto& [person, department] : departments_of) {
    if (department.empty()) continue;
    const std::string account = "auth0|" + person;
    access["Staff"].insert(account);
    access[department].insert(account);
    if (department == "Engineering") access["Wiki Editor"].insert(account);
  }
  return access;
}

Sender::Sender(Who who, const std::atomic<std::uint16_t>& port)
    : who_(std::move(who)),
      file_(who_.acknowledged),
      port_(port),
      random_(who_.seed),
      thread_([this] { run(); }) {}

void Sender::finish() {
  finishing_ = true;
  if (thread_.joinable()) thread_.join();
}

void Sender::run() {
  while (!finishing_) {
    const Json event = next();
    const auto deadline = std::chrono::steady_clock::now() + wait_max;
    while (!deliver(event)) {
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << who_.name << " gave up: " << event["id"]
                      << " was not acknowledged in time";
        return;
      }
      pause_ms(3);
    }
    file_.note(event);
    pause_ms(1);
  }
}

Json Sender::next() {
  const std::string person = who_.name + std::to_string(random_() % people_of_a_sender);
  const std::string id = who_.name + "-event-" + std::to_string(++sent_);
  if (random_() % 7 == 0) return leaving(id, person);
  return change(id, person, departments.at(random_() % departments.size()));
}

bool Sender::deliver(const Json& event) const {
  const std::uint16_t port = port_;
  if (port == 0) return false;
  WireRequest request;
  request.method = "POST";
  request.target = "/v1/events/hr";
  request.body = event.dump();
  request.headers = signed_headers(who_.key, event["id"], request.body);
  const auto answer = ask(port, request);
  return answer && answer->status == accepted;
}

}  // namespace rosterd::test
