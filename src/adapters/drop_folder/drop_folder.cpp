#include "rosterd/adapters/drop_folder/drop_folder.hpp"

#include "adapters/drop_folder/folders.hpp"
#include "adapters/drop_folder/names.hpp"
#include "adapters/drop_folder/watch.hpp"
#include "rosterd/base/text.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace rosterd::drop_folder {

namespace {

// Listing a folder costs as much as it has files, so that not each of them can have a listing of
// its own; and what is dropped meanwhile and is older must not wait for all of them.
constexpr std::size_t files_a_listing = 100;

/// What whoever owns a folder can do to it: take it away, put something else there, or shut it.
bool is_owners_doing(const std::error_code& error) {
  return error == std::errc::permission_denied || error == std::errc::operation_not_permitted ||
         error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory ||
         error == std::errc::file_exists || error == std::errc::read_only_file_system ||
         error.value() == ESTALE;
}

bool is_full(const std::error_code& error) {
  return error == std::errc::no_space_on_device || error.value() == EDQUOT;
}

}  // namespace

class DropFolder::Worker {
 public:
  Worker(
      asio::any_io_executor executor,
      const DropConfig& config,
      FileHandler& handler,
      const Clock& clock,
      Log& log
  )
      : config_(config),
        handler_(handler),
        clock_(clock),
        log_(log),
        incoming_(config.folder / "incoming"),
        processing_(config.folder / "processing"),
        done_(config.folder / "done"),
        rejected_(config.folder / "rejected"),
        held_(config.folder / "held"),
        watch_(std::move(executor)) {
    for (Folder* folder : {&processing_, &done_, &rejected_, &held_}) folder->open();
    try {
      open_again_what_was_replaced();
    } catch (const std::system_error& error) {
      tell_unreachable(error);
    }
  }

  Task<void> run(std::stop_token stop);

 private:
  /// A file in `incoming/` that may not be complete yet.
  struct Seen {
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;
    Duration first{0};  ///< when it was first seen
    Duration still{0};  ///< since when it has not changed
    bool moved_in = false;
    bool open = false;  ///< written to, and not closed since
  };

  /// The report on one file.
  class KeptReport final : public ReportKeeper {
   public:
    KeptReport(Worker& worker, std::string name, std::stop_token stop)
        : worker_(worker), name_(std::move(name)), stop_(std::move(stop)) {}
    Task<void> keep(std::string errors_csv) override {
      return worker_.keep_report(name_, std::move(errors_csv), stop_);
    }

   private:
    Worker& worker_;
    std::string name_;
    std::stop_token stop_;
  };

  void open_again_what_was_replaced();
  std::optional<std::string> take_one();
  void tell_unreachable(const std::system_error& error);

  bool take_notices();
  void take_notice(const Watch::Notice& notice);
  std::optional<std::string> next();
  std::optional<std::string> next_of_listing();
  void scan();
  void refuse(const Folder::Item& item);
  Duration until_due(const Folder::Item& item, Seen& seen, Duration now) const;
  bool has_manifest(const Folder& folder, const std::string& name) const;

  std::optional<std::string> claim(const std::string& name);
  Task<void> handle(std::string name, std::stop_token stop);
  Task<void> resume(std::stop_token stop);
  void give_back_manifests();
  Task<void> keep_report(std::string name, std::string report, std::stop_token stop);
  void remove_kept_reports();
  void put_away(const std::string& name, FileOutcome outcome);
  bool has_room(const std::string& name, const std::function<void()>& write);
  std::string move_under_free_name(
      const Folder& from, const std::string& name, const Folder& to, std::string_view report
  );
  void move_manifest(
      const Folder& from, const std::string& name, const Folder& to, const std::string& new_name
  );
  const Folder& folder_of(FileOutcome outcome) const;

  const DropConfig& config_;
  FileHandler& handler_;
  const Clock& clock_;
  Log& log_;
  Folder incoming_, processing_, done_, rejected_, held_;
  Watch watch_;
  std::map<std::string, Seen> seen_;
  std::deque<std::string> due_;  ///< of the last listing, the oldest first
  std::set<std::string> folders_told_;
  bool no_room_told_ = false;
  Duration look_at_{0};   ///< on the monotonic clock, when nothing happens before
  bool resumed_ = false;  ///< what lay in `processing/` has been handled
  bool manifests_given_back_ = false;
  bool unreachable_ = false;
};

DropFolder::DropFolder(
    asio::any_io_executor executor,
    const DropConfig& config,
    FileHandler& handler,
    const Clock& clock,
    Log& log
)
    : worker_(std::make_unique<Worker>(std::move(executor), config, handler, clock, log)) {}

DropFolder::~DropFolder() = default;

Task<void> DropFolder::run(std::stop_token stop) {
  return worker_->run(std::move(stop));
}

Task<void> DropFolder::Worker::run(std::stop_token stop) {
  const std::stop_callback wake_me(stop, [this] { watch_.cancel(); });
  while (!stop.stop_requested()) {
    const bool only_writing = take_notices();
    // Somebody writing a large file must not make the folder be listed for every block of it.
    const Duration until_look = look_at_ - clock_.monotonic();
    if (only_writing && until_look > Duration{0}) {
      co_await watch_.wait(until_look);
      continue;
    }
    auto claimed = take_one();
    if (!resumed_ && !unreachable_) {
      resumed_ = true;
      co_await resume(stop);
    } else if (claimed) {
      co_await handle(std::move(*claimed), stop);
    } else {
      co_await watch_.wait(look_at_ - clock_.monotonic());
    }
  }
}

/// The name in `processing/` of a file that was claimed. Nothing: none is due, or what was left
/// there comes first, or the folder cannot be used. Its sender owns `incoming/`, and must not be
/// able to stop more than this drop.
std::optional<std::string> DropFolder::Worker::take_one() {
  try {
    open_again_what_was_replaced();
    std::optional<std::string> claimed;
    if (resumed_) {
      give_back_manifests();
      const auto name = next();
      if (name) claimed = claim(*name);
      if (name && !claimed) look_at_ = clock_.monotonic();
    }
    if (unreachable_) log_.notice("the drop folder can be used again", {{"source", config_.name}});
    unreachable_ = false;
    return claimed;
  } catch (const std::system_error& error) {
    tell_unreachable(error);
    return std::nullopt;
  }
}

/// For a handler of exceptions: what is nobody's doing goes on being thrown.
void DropFolder::Worker::tell_unreachable(const std::system_error& error) {
  if (!is_owners_doing(error.code()) && !is_full(error.code())) throw;
  look_at_ = clock_.monotonic() + config_.rescan;
  if (std::exchange(unreachable_, true)) return;
  std::vector<LogField> fields;
  fields.emplace_back("source", config_.name);
  fields.emplace_back("folder", config_.folder.string());
  fields.emplace_back("error", error.what());
  log_.error("the drop folder cannot be used", fields);
}

/// A folder that was removed, or mounted over, would be watched for ever and never have a file.
void DropFolder::Worker::open_again_what_was_replaced() {
  for (Folder* folder : {&processing_, &done_, &rejected_, &held_}) {
    if (folder->is_in_place()) continue;
    folder->open();
    resumed_ = false;
    manifests_given_back_ = false;
  }
  if (incoming_.is_in_place()) return;
  incoming_.open();
  watch_.follow(incoming_.path());
  seen_.clear();
  due_.clear();
}

/// Whether all that has happened is that files are being written.
bool DropFolder::Worker::take_notices() {
  const auto notices = watch_.read();
  bool only_writing = !notices.empty();
  for (const Watch::Notice& notice : notices) {
    take_notice(notice);
    only_writing = only_writing && notice.kind == Watch::Kind::written;
  }
  return only_writing;
}

void DropFolder::Worker::take_notice(const Watch::Notice& notice) {
  switch (notice.kind) {
    case Watch::Kind::lost:
      for (auto& [name, seen] : seen_) seen.open = false;
      return;
    case Watch::Kind::moved_in:
    case Watch::Kind::written:
    case Watch::Kind::closed:
      break;
  }
  const Duration now = clock_.monotonic();
  Seen& seen = seen_.try_emplace(notice.name, Seen{.first = now, .still = now}).first->second;
  seen.moved_in = notice.kind == Watch::Kind::moved_in;
  seen.open = notice.kind == Watch::Kind::written;
}

/// The oldest file that can be taken now, if any.
std::optional<std::string> DropFolder::Worker::next() {
  auto name = next_of_listing();
  if (name) return name;
  scan();
  return next_of_listing();
}

std::optional<std::string> DropFolder::Worker::next_of_listing() {
  while (!due_.empty()) {
    std::string name = std::move(due_.front());
    due_.pop_front();
    const auto item = incoming_.find(name);
    const auto seen = seen_.find(name);
    if (!item || seen == seen_.end()) continue;
    if (until_due(*item, seen->second, clock_.monotonic()) == Duration{0}) return name;
  }
  return std::nullopt;
}

void DropFolder::Worker::scan() {
  Duration next_look = config_.rescan;
  std::map<std::string, Seen> still_there;
  const auto items = incoming_.list();
  // One moment for all, so that those that came together are due together, and in their order.
  const Duration now = clock_.monotonic();
  for (const Folder::Item& item : items) {
    if (is_left_alone(item.name)) continue;
    if (item.kind == Folder::Kind::folder) {
      if (folders_told_.insert(item.name).second) {
        log_.warning("a folder in incoming is left alone", {{"name", printable(item.name)}});
      }
      continue;
    }
    if (item.kind != Folder::Kind::file || danger_of(item.name)) {
      refuse(item);
      continue;
    }
    const Seen fresh{
        .bytes = item.bytes, .modified_ns = item.modified_ns, .first = now, .still = now};
    const auto known = seen_.find(item.name);
    Seen& seen =
        still_there.emplace(item.name, known == seen_.end() ? fresh : known->second).first->second;
    const Duration wait = until_due(item, seen, now);
    if (wait > Duration{0}) {
      next_look = std::min(next_look, wait);
    } else if (due_.size() < files_a_listing) {
      due_.push_back(item.name);
    }
  }
  seen_.swap(still_there);
  look_at_ = clock_.monotonic() + next_look;
}

/// Zero: now.
Duration DropFolder::Worker::until_due(const Folder::Item& item, Seen& seen, Duration now) const {
  if (seen.bytes != item.bytes || seen.modified_ns != item.modified_ns) {
    seen.bytes = item.bytes;
    seen.modified_ns = item.modified_ns;
    seen.still = now;
  }
  Duration due = seen.moved_in ? seen.first : seen.still + config_.settle;
  // Whoever writes may pause for longer than that; the close will be noticed.
  if (seen.open) due = std::max(due, now + config_.rescan);
  if (config_.manifest_required && !has_manifest(incoming_, item.name)) {
    due = std::max(due, seen.first + config_.settle + config_.rescan);
  }
  return std::max(Duration{0}, due - now);
}

bool DropFolder::Worker::has_manifest(const Folder& folder, const std::string& name) const {
  const auto names = manifest_names(name);
  return std::any_of(names.begin(), names.end(), [&](const std::string& manifest) {
    return folder.find(manifest).has_value();
  });
}

/// What is not even opened.
void DropFolder::Worker::refuse(const Folder::Item& item) {
  const std::string why = danger_of(item.name).value_or(
      item.kind == Folder::Kind::link ? "is a link" : "is not a regular file"
  );
  const std::string report = "line,column,value,reason\r\n,,," + why + "\r\n";
  const std::string name = move_under_free_name(incoming_, item.name, rejected_, report);
  if (name.empty()) return;
  std::vector<LogField> fields;
  fields.emplace_back("source", config_.name);
  fields.emplace_back("file", name);
  fields.emplace_back("reason", why);
  log_.warning("file rejected", fields);
}

/// The file's name in `processing/`; nothing when it is gone from `incoming/`.
std::optional<std::string> DropFolder::Worker::claim(const std::string& name) {
  std::string claimed = name;
  for (int attempt = 1; processing_.find(claimed); ++attempt) {
    claimed = with_time(name, clock_.now(), attempt);
  }
  // The manifest first: a crash in between must not leave a file without the one it needs.
  move_manifest(incoming_, name, processing_, claimed);
  const bool moved = incoming_.move(name, processing_, claimed);
  seen_.erase(name);
  if (!moved) return std::nullopt;
  const auto item = processing_.find(claimed);
  if (item && item->kind == Folder::Kind::file) return claimed;
  // Something else was put in its place between the look and the rename.
  put_away(claimed, FileOutcome::rejected);
  return std::nullopt;
}

/// What the file said is in the store by then. It waits where it is until its report can lie beside
/// it.
Task<void> DropFolder::Worker::handle(std::string name, std::stop_token stop) {
  KeptReport report(*this, name, stop);
  const FileOutcome outcome = co_await handler_.handle(processing_.path_of(name), report);
  const std::function<void()> away = [&] { put_away(name, outcome); };
  while (!has_room(name, away) && !stop.stop_requested()) {
    take_notices();
    co_await watch_.wait(config_.rescan);
  }
}

/// A file that counts is, read again after a crash, one that was accepted before: nobody would
/// find its errors then.
Task<void> DropFolder::Worker::keep_report(
    std::string name, std::string report, std::stop_token stop
) {
  const std::string kept = kept_report_name(name);
  const std::function<void()> keep = [&] {
    if (report.empty()) {
      processing_.remove(kept);
    } else {
      processing_.write(kept, report);
    }
  };
  while (!has_room(name, keep)) {
    if (stop.stop_requested()) throw boost::system::system_error(asio::error::operation_aborted);
    take_notices();
    co_await watch_.wait(config_.rescan);
  }
}

/// A file stays in `processing` while there is none.
bool DropFolder::Worker::has_room(const std::string& name, const std::function<void()>& write) {
  try {
    write();
    no_room_told_ = false;
    return true;
  } catch (const std::system_error& error) {
    if (!is_full(error.code())) throw;
    if (std::exchange(no_room_told_, true)) return false;
    std::vector<LogField> fields;
    fields.emplace_back("source", config_.name);
    fields.emplace_back("file", name);
    fields.emplace_back("error", error.what());
    log_.error("the drop folder's disk is full: a file waits in processing", fields);
    return false;
  }
}

Task<void> DropFolder::Worker::resume(std::stop_token stop) {
  const auto items = processing_.list();
  for (const Folder::Item& item : items) {
    if (stop.stop_requested()) co_return;
    if (item.kind != Folder::Kind::file || is_left_alone(item.name)) continue;
    co_await handle(item.name, stop);
  }
  remove_kept_reports();
}

/// But for those of files that wait here for room: the others are of files that were put away just
/// before a crash.
void DropFolder::Worker::remove_kept_reports() {
  const auto items = processing_.list();
  std::set<std::string> waiting;
  for (const Folder::Item& item : items) waiting.insert(kept_report_name(item.name));
  for (const Folder::Item& item : items) {
    const bool is_of_nothing = is_kept_report_name(item.name) && !waiting.contains(item.name);
    if (is_of_nothing) processing_.remove(item.name);
  }
}

/// Those that are left were claimed just before a crash, and their files were not.
void DropFolder::Worker::give_back_manifests() {
  if (manifests_given_back_) return;
  for (const Folder::Item& item : processing_.list()) {
    if (item.name.ends_with(".manifest.json")) processing_.move(item.name, incoming_, item.name);
  }
  manifests_given_back_ = true;
}

void DropFolder::Worker::put_away(const std::string& name, FileOutcome outcome) {
  const Folder& folder = folder_of(outcome);
  const std::string kept = kept_report_name(name);
  const std::string report = processing_.read(kept);
  const std::string moved = move_under_free_name(processing_, name, folder, report);
  if (!moved.empty()) move_manifest(processing_, name, folder, moved);
  processing_.remove(kept);
}

/// The report is written before the file moves: a file that is away has its report beside it. The
/// name in `to`; empty when the file is gone.
std::string DropFolder::Worker::move_under_free_name(
    const Folder& from, const std::string& name, const Folder& to, std::string_view report
) {
  const std::string wanted = safe_name(name);
  std::string free = wanted;
  for (int attempt = 1;; ++attempt) {
    if (!to.find(free)) {
      if (!report.empty()) to.write(report_name(free), report);
      if (from.move(name, to, free)) return free;
      if (!from.find(name)) return {};
    }
    free = with_time(wanted, clock_.now(), attempt);
  }
}

void DropFolder::Worker::move_manifest(
    const Folder& from, const std::string& name, const Folder& to, const std::string& new_name
) {
  for (const std::string& manifest : manifest_names(name)) {
    const auto item = from.find(manifest);
    if (!item || item->kind != Folder::Kind::file) continue;
    std::string free = manifest_names(new_name)[0];
    for (int attempt = 1; !from.move(manifest, to, free) && from.find(manifest); ++attempt) {
      free = with_time(new_name, clock_.now(), attempt) + ".manifest.json";
    }
    return;
  }
}

const Folder& DropFolder::Worker::folder_of(FileOutcome outcome) const {
  switch (outcome) {
    case FileOutcome::done:
      return done_;
    case FileOutcome::rejected:
      return rejected_;
    case FileOutcome::held:
      return held_;
  }
  std::abort();
}

}  // namespace rosterd::drop_folder
