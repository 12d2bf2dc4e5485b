#pragma once

#include "company.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>

namespace rosterd::test {

/// An HR system that never gives up: it sends events about its own people, one after the other, on
/// a thread of its own, and repeats each until it is acknowledged.
class Sender {
 public:
  /// `port` may change while the receiver is restarted; 0: nobody is there.
  Sender(std::string name, const std::atomic<std::uint16_t>& port, std::string key);
  ~Sender() { finish(); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Ends when the event under way is acknowledged. What follows is for after that.
  void finish();

  const std::set<std::string>& acknowledged() const { return acknowledged_; }
  /// What everybody should have after the last acknowledged event about them.
  void expect(Holders& access) const;
  std::uint64_t repeated() const { return repeated_; }

 private:
  void run();
  Json next();
  bool deliver(const Json& event) const;

  std::string name_;
  const std::atomic<std::uint16_t>& port_;
  std::string key_;
  std::mt19937 random_;
  std::set<std::string> acknowledged_;
  std::map<std::string, std::string> departments_;  // empty: has left
  std::uint64_t sent_ = 0;
  std::uint64_t repeated_ = 0;
  std::atomic<bool> finishing_ = false;
  std::thread thread_;
};

}  // namespace rosterd::test
