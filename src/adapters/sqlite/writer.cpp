#include "adapters/sqlite/writer.hpp"

#include "adapters/sqlite/disk_full.hpp"

#include <boost/asio/post.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace rosterd::sqlite {
namespace {

// Jobs that are worth a commit, however many come after them.
constexpr std::size_t enough_to_begin = 8;

class StoreClosed : public std::runtime_error {
 public:
  StoreClosed() : std::runtime_error("the store is closed") {}
};

}  // namespace

Writer::Writer(SQLite::Database& database, asio::any_io_executor loop, Hooks hooks)
    : database_(database),
      loop_(std::move(loop)),
      before_once_(std::move(hooks.before_once)),
      before_commit_(std::move(hooks.before_commit)),
      begin_(database, "BEGIN IMMEDIATE"),
      commit_(database, "COMMIT"),
      savepoint_(database, "SAVEPOINT job"),
      release_(database, "RELEASE job"),
      rollback_to_(database, "ROLLBACK TO job") {
  observed_->on_commit = std::move(hooks.on_commit);
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  close();
}

void Writer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_->notify_one();
  if (thread_.joinable()) thread_.join();
}

// Waking the thread for the first of many would give that one a commit of its own, and leave the
// others to wait for it. The loop has read what had come by then when it gets to what is posted
// here.
void Writer::enqueue(std::unique_ptr<Job> job) {
  std::size_t waiting = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!closing_) {
      queue_.push_back(std::move(job));
      waiting = queue_.size();
    }
  }
  if (waiting == 0) {
    job->error = std::make_exception_ptr(StoreClosed());
    Batch refused;
    refused.push_back(std::move(job));
    deliver(std::move(refused), CommitReport{});
  } else if (waiting == 1) {
    asio::post(loop_, [wake = wake_] { wake->notify_one(); });
  } else if (waiting == enough_to_begin) {
    wake_->notify_one();
  }
}

void Writer::run() {
  while (true) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      wake_->wait(lock, [this] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      batch.swap(queue_);
    }
    process(std::move(batch));
  }
}

void Writer::process(Batch batch) {
  const auto not_transactional = std::stable_partition(
      batch.begin(), batch.end(), [](const auto& job) { return job->manner != Manner::alone; }
  );
  Batch alone(std::make_move_iterator(not_transactional), std::make_move_iterator(batch.end()));
  batch.erase(not_transactional, batch.end());

  CommitReport report;
  if (!batch.empty()) report = commit(batch);
  for (const auto& job : alone) run_alone(*job);

  std::move(alone.begin(), alone.end(), std::back_inserter(batch));
  deliver(std::move(batch), report);
}

CommitReport Writer::commit(const Batch& batch) {
  CommitReport report;
  std::deque<Transaction> transactions;
  bool committing = false;
  try {
    if (broken_) std::rethrow_exception(broken_);
    const auto begun = std::chrono::steady_clock::now();
    const int changes = database_.getTotalChanges();
    begin_.run();
    run_all(batch, transactions);
    for (const Transaction& transaction : transactions) report.events += transaction.events();
    before_commit_(transactions.emplace_back(++serial_));
    committing = true;
    commit_.run();
    if (database_.getTotalChanges() != changes) report.jobs = batch.size();
    report.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun);
  } catch (...) {
    auto error = std::current_exception();
    try {
      throw;
    } catch (const SQLite::Exception& failure) {
      error = understood(failure, committing);
    } catch (...) {
    }
    for (auto done = transactions.rbegin(); done != transactions.rend(); ++done) done->undo();
    for (const auto& job : batch) {
      if (!job->error) job->error = error;
    }
    if (sqlite3_get_autocommit(database_.getHandle()) == 0) database_.tryExec("ROLLBACK");
    report = CommitReport{};
  }
  return report;
}

void Writer::run_all(
    std::span<const std::unique_ptr<Job>> jobs, std::deque<Transaction>& transactions
) {
  const auto repeatable = [](const auto& job) { return job->manner == Manner::repeatable; };
  const bool only_one = jobs.size() == 1;
  while (!jobs.empty()) {
    const auto stretch = static_cast<std::size_t>(
        std::find_if_not(jobs.begin(), jobs.end(), repeatable) - jobs.begin()
    );
    if (stretch > 1 && run_together(jobs.first(stretch), transactions.emplace_back(++serial_))) {
      jobs = jobs.subspan(stretch);
      continue;
    }
    const std::size_t alone = std::max<std::size_t>(stretch, 1);
    for (const auto& job : jobs.first(alone)) {
      run_in_savepoint(*job, transactions.emplace_back(++serial_), only_one);
    }
    jobs = jobs.subspan(alone);
  }
}

// A savepoint of its own costs a job as much as two rows do.
bool Writer::run_together(std::span<const std::unique_ptr<Job>> jobs, Transaction& transaction) {
  savepoint_.run();
  try {
    for (const auto& job : jobs) job->run(transaction);
    release_.run();
    return true;
  } catch (...) {
    take_back(transaction);
    return false;
  }
}

void Writer::run_in_savepoint(Job& job, Transaction& transaction, bool only_one) {
  // A transaction of one job can be taken back as a whole.
  if (only_one) {
    run_one(job, transaction);
    return;
  }
  savepoint_.run();
  try {
    run_one(job, transaction);
    release_.run();
  } catch (...) {
    job.error = take_back(transaction);
  }
}

void Writer::run_one(Job& job, Transaction& transaction) {
  if (job.manner == Manner::once) before_once_(transaction);
  job.run(transaction);
}

/// While an exception is handled, which goes on when there is nothing left to go on with; gives
/// what its job is told otherwise.
std::exception_ptr Writer::take_back(Transaction& transaction) {
  transaction.undo();
  // On a full disk SQLite may have rolled back everything: then nobody's work is there.
  if (sqlite3_get_autocommit(database_.getHandle()) != 0) throw;
  std::exception_ptr told = std::current_exception();
  try {
    throw;
  } catch (const SQLite::Exception& failure) {
    told = understood(failure, false);
    if (broken_) throw;
  } catch (...) {
  }
  rollback_to_.run();
  release_.run();
  return told;
}

void Writer::run_alone(Job& job) {
  try {
    if (broken_) std::rethrow_exception(broken_);
    Transaction none(++serial_);
    job.run(none);
  } catch (const SQLite::Exception& failure) {
    job.error = understood(failure, false);
  } catch (...) {
    job.error = std::current_exception();
  }
}

/// What the caller is told, and everybody after them where nothing can be done any more.
std::exception_ptr Writer::understood(const SQLite::Exception& error, bool committing) {
  const int code = error.getErrorCode() & 0xff;
  if (code == SQLITE_FULL) return std::make_exception_ptr(DiskFull(database_.getFilename()));
  const bool hopeless = code == SQLITE_IOERR || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  if (!hopeless && (!committing || code == SQLITE_BUSY)) return std::current_exception();
  // Never tried again: after a failed fsync the kernel may have dropped what was to be written, and
  // a second one would answer that all is well.
  const std::string why = "the store " + database_.getFilename() + " is broken (" + error.what() +
                          "): look at the disk; a new start reads what is really there";
  broken_ = std::make_exception_ptr(std::runtime_error(why));
  return broken_;
}

void Writer::deliver(Batch batch, const CommitReport& report) {
  asio::post(loop_, [observed = observed_, batch = std::move(batch), report]() {
    if (report.jobs > 0) {
      ++observed->totals.commits;
      observed->totals.jobs += report.jobs;
      observed->totals.events += report.events;
      observed->totals.took += report.took;
      if (observed->on_commit) observed->on_commit(report);
    }
    for (const auto& job : batch) job->complete();
  });
}

Task<void> Writer::perform_alone(std::function<void()> work) {
  auto job = [work = std::move(work)](Transaction&) {
    work();
    return std::monostate{};
  };
  co_await enqueued<decltype(job), std::monostate>(std::move(job), Manner::alone);
}

}  // namespace rosterd::sqlite
