#include "sender.hpp"

#include <array>
#include <poll.h>
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

Sender::Sender(std::string name, const std::atomic<std::uint16_t>& port, std::string key)
    : name_(std::move(name)),
      port_(port),
      key_(std::move(key)),
      random_(static_cast<unsigned>(std::hash<std::string>{}(name_))),
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
      ++repeated_;
      if (std::chrono::steady_clock::now() > deadline) return;
      pause_ms(3);
    }
    acknowledged_.insert(event["id"].get<std::string>());
    const std::string person = event["person"]["id"];
    const bool left = event["type"] == "person.left";
    departments_[person] = left ? "" : event["person"]["attributes"]["department"];
    pause_ms(1);
  }
}

Json Sender::next() {
  const std::string person = name_ + std::to_string(random_() % people_of_a_sender);
  const std::string id = name_ + "-event-" + std::to_string(++sent_);
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
  request.headers = signed_headers(key_, event["id"], request.body);
  const auto answer = ask(port, request);
  return answer && answer->status == accepted;
}

void Sender::expect(Holders& access) const {
  for (const auto& [person, department] : departments_) {
    if (department.empty()) continue;
    const std::string account = "auth0|" + person;
    access["Staff"].insert(account);
    access[department].insert(account);
    if (department == "Engineering") access["Wiki Editor"].insert(account);
  }
}

}  // namespace rosterd::test
