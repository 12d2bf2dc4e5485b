#pragma once

#include "company.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace rosterd::test {

/// The events that a sender was told are accepted, one a line of a file. A line is on the disk
/// before it counts: what a sender knows must outlive the sender, too.
class Acknowledged {
 public:
  /// The file is made. Throws `system_error` where it cannot be.
  explicit Acknowledged(const std::filesystem::path& file);
  ~Acknowledged();
  Acknowledged(const Acknowledged&) = delete;
  Acknowledged& operator=(const Acknowledged&) = delete;

  /// Appends and syncs.
  void note(const Json& event) const;

  /// What the file says, oldest first.
  static std::vector<Json> read(const std::filesystem::path& file);

 private:
  int file_ = -1;
};

/// Who should have what after these events, each person's in this order.
Holders holders_after(const std::vector<Json>& events);

/// An HR system that never gives up: it sends events about its own people, one after the other, on
/// a thread of its own, and repeats each until it is acknowledged.
class Sender {
 public:
  struct Who {
    std::string name;
    std::string key;
    std::filesystem::path acknowledged;  ///< the file
    unsigned seed = 0;
  };

  /// `port` may change while the receiver is restarted; 0: nobody is there.
  Sender(Who who, const std::atomic<std::uint16_t>& port);
  ~Sender() { finish(); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Ends when the event under way is acknowledged. What follows is for after that.
  void finish();

  /// What its file says.
  std::vector<Json> acknowledged() const { return Acknowledged::read(who_.acknowledged); }

 private:
  void run();
  Json next();
  bool deliver(const Json& event) const;

  Who who_;
  Acknowledged file_;
  const std::atomic<std::uint16_t>& port_;
  std::mt19937 random_;
  std::uint64_t sent_ = 0;
  std::atomic<bool> finishing_ = false;
  std::thread thread_;
};

}  // namespace rosterd::test
