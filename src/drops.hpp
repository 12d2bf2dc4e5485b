#pragma once

#include "compose.hpp"
#include "rosterd/adapters/drop_folder/drop_folder.hpp"
#include "rosterd/ingest/file_intake.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace rosterd {

/// The daemon's drop folders: each with its watcher, all with one intake.
class Daemon::Drops {
 public:
  struct Parts {
    asio::io_context& loop;
    IntakeStore& store;
    const Crypto& crypto;
    const TimeZones& zones;
    const Clock& clock;
    Log& log;
  };

  /// `taken` is called after every file that was taken.
  Drops(std::vector<DropConfig> configs, const Parts& parts, std::function<void()> taken);
  ~Drops();

  void spawn(Supervisor& supervisor);

  /// What became of the files of a drop since the start.
  struct Counts {
    std::map<IntakeState, std::uint64_t> files;  ///< every state in which a file ends
    std::uint64_t accepted = 0;                  ///< events
    std::uint64_t invalid = 0;                   ///< rows
  };
  std::map<std::string, Counts> counts() const;

  /// The next file of that drop with these bytes may lack people. False: no such drop.
  bool approve(const std::string& drop, const std::string& sha256);

 private:
  class Handler;
  struct Drop;

  Parts parts_;
  ingest::FileIntake intake_;
  std::vector<std::unique_ptr<Drop>> drops_;
};

}  // namespace rosterd
