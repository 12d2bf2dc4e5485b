#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/config.hpp"
#include "rosterd/ports/clock.hpp"
#include "rosterd/ports/file_handler.hpp"
#include "rosterd/ports/log.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <stop_token>

namespace rosterd::drop_folder {

/// A folder into which files are dropped, each handled once (sources.md, "CSV drops").
///
/// `incoming/` → `processing/` → `done/`, `rejected/` or `held/`, always by rename, with the
/// folders synced. A file is taken when it was renamed into `incoming/`, or when nobody has it open
/// for writing as far as is known and its size and time have not changed for `settle`. Names with a
/// leading dot or ending in `.tmp`, `.part`, `.filepart` are left alone; `NAME.manifest.json`
/// travels with NAME (or with a file of that name and another extension) and is waited for when
/// required. One file at a time, the oldest first. A name that is there already gets the time
/// added.
///
/// What is not a regular file, or has a name that would be dangerous to show, goes to `rejected/`
/// without being opened; links are never followed, folders are left alone.
///
/// A folder that is taken away, replaced or shut, as the owner of `incoming/` may, is said once in
/// the log and tried again every `rescan`: that stops this drop and nothing else. Anything else
/// that the file system or the handler throws comes out of `run`; a file in `processing/` is
/// handled again at the next start.
///
/// Knows nothing of what is in the files. Belongs to the loop.
class DropFolder {
 public:
  DropFolder(
      asio::any_io_executor executor,
      const DropConfig& config,
      FileHandler& handler,
      const Clock& clock,
      Log& log
  );
  ~DropFolder();

  /// Until `stop` is requested, which is looked at between files. Call once.
  Task<void> run(std::stop_token stop);

 private:
  class Worker;

  std::unique_ptr<Worker> worker_;
};

}  // namespace rosterd::drop_folder
