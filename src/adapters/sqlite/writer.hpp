#pragma once

#include "adapters/sqlite/query.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/base/task.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/prefer.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rosterd::sqlite {

/// What a job, or a few that are run together, see of the transaction they run in. On the store's
/// thread.
class Transaction {
 public:
  explicit Transaction(std::uint64_t serial) : serial_(serial) {}

  /// Takes back what the job did to memory, should its savepoint or the commit fail. Run in
  /// reverse order; must not throw.
  void on_rollback(std::function<void()> undo) { undo_.push_back(std::move(undo)); }

  void count_events(std::size_t events) { events_ += events; }
  std::size_t events() const { return events_; }

  /// Different for every transaction; jobs that are run together share one.
  std::uint64_t serial() const { return serial_; }

  void undo() {
    while (!undo_.empty()) {
      undo_.back()();
      undo_.pop_back();
    }
    events_ = 0;
  }

 private:
  std::uint64_t serial_;
  std::size_t events_ = 0;
  std::vector<std::function<void()>> undo_;
};

/// The store's thread and its queue: group commit.
class Writer {
 public:
  struct Hooks {
    /// The first thing in a job that is not repeatable, on the store's thread.
    std::function<void(Transaction&)> before_once;
    /// The last thing in a transaction, on the store's thread.
    std::function<void(Transaction&)> before_commit;
    std::function<void(const CommitReport&)> on_commit;  ///< on the loop
  };

  /// `database` is used by the writer's thread alone until `close` has returned.
  Writer(SQLite::Database& database, asio::any_io_executor loop, Hooks hooks);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// How a job is run: in the transaction it shares with others, in which it fails alone; or in no
  /// transaction, and without `before_once`. What is repeatable may be run again after it was taken
  /// back, and costs less.
  enum class Manner { once, repeatable, alone };

  /// Runs `work(Transaction&)` on the store's thread and gives its value once it is durable, or
  /// throws what it threw.
  template <class Work, class Value = std::invoke_result_t<Work&, Transaction&>>
  Task<Value> perform(Work work, Manner manner = Manner::once);

  /// The same outside of any transaction, and without a value.
  Task<void> perform_alone(std::function<void()> work);

  /// Works the queue off and ends the thread. What is asked for later fails.
  void close();

  /// After `close`: the disk has failed, and what is not written yet must not be.
  bool is_broken() const { return broken_ != nullptr; }

  /// On the loop.
  const CommitTotals& totals() const { return observed_->totals; }

 private:
  struct Job {
    explicit Job(Manner how) : manner(how) {}
    virtual ~Job() = default;
    virtual void run(Transaction& transaction) = 0;
    virtual void complete() = 0;

    Manner manner;
    std::exception_ptr error;
  };
  template <class Work, class Value, class Handler>
  struct JobOf;

  using Batch = std::vector<std::unique_ptr<Job>>;

  template <class Work, class Value>
  auto enqueued(Work work, Manner manner);

  void enqueue(std::unique_ptr<Job> job);
  void run();
  void process(Batch batch);
  CommitReport commit(const Batch& batch);
  void run_all(std::span<const std::unique_ptr<Job>> jobs, std::deque<Transaction>& transactions);
  bool run_together(std::span<const std::unique_ptr<Job>> jobs, Transaction& transaction);
  void run_in_savepoint(Job& job, Transaction& transaction, bool only_one);
  void run_one(Job& job, Transaction& transaction);
  std::exception_ptr take_back(Transaction& transaction);
  void run_alone(Job& job);
  std::exception_ptr understood(const SQLite::Exception& error, bool committing);
  void deliver(Batch batch, const CommitReport& report);

  // The loop's; a result that is delivered after the writer has gone still counts here.
  struct Observed {
    CommitTotals totals;
    std::function<void(const CommitReport&)> on_commit;
  };

  SQLite::Database& database_;
  asio::any_io_executor loop_;
  std::function<void(Transaction&)> before_once_;
  std::function<void(Transaction&)> before_commit_;
  std::shared_ptr<Observed> observed_ = std::make_shared<Observed>();
  Query begin_, commit_, savepoint_, release_, rollback_to_;
  std::uint64_t serial_ = 0;
  std::exception_ptr broken_;  // the store thread's

  std::mutex mutex_;
  // Shared with what is posted to the loop, which may outlive the writer.
  std::shared_ptr<std::condition_variable> wake_ = std::make_shared<std::condition_variable>();
  Batch queue_;
  bool closing_ = false;
  std::thread thread_;
};

template <class Work, class Value, class Handler>
struct Writer::JobOf final : Writer::Job {
  using Home = std::decay_t<decltype(asio::prefer(
      std::declval<asio::any_io_executor>(), asio::execution::outstanding_work.tracked
  ))>;

  JobOf(Work job, Handler done, const asio::any_io_executor& loop, Manner how)
      : Job(how),
        work(std::move(job)),
        handler(std::move(done)),
        keeps_loop_running(asio::prefer(loop, asio::execution::outstanding_work.tracked)) {}

  void run(Transaction& transaction) override { value.emplace(work(transaction)); }
  void complete() override {
    if (error) value.reset();
    std::move(handler)(error, std::move(value));
  }

  Work work;
  Handler handler;
  Home keeps_loop_running;
  std::optional<Value> value;
};

// A plain function: a lambda must not be born on a line that awaits.
template <class Work, class Value>
auto Writer::enqueued(Work work, Manner manner) {
  auto initiate = [this, manner](auto handler, Work job) {
    using Handler = decltype(handler);
    using Concrete = JobOf<Work, Value, Handler>;
    enqueue(std::make_unique<Concrete>(std::move(job), std::move(handler), loop_, manner));
  };
  using Signature = void(std::exception_ptr, std::optional<Value>);
  return asio::async_initiate<const asio::use_awaitable_t<>, Signature>(
      std::move(initiate), asio::use_awaitable, std::move(work)
  );
}

template <class Work, class Value>
Task<Value> Writer::perform(Work work, Manner manner) {
  if constexpr (std::is_void_v<Value>) {
    auto job = [work = std::move(work)](Transaction& transaction) mutable {
      work(transaction);
      return std::monostate{};
    };
    co_await enqueued<decltype(job), std::monostate>(std::move(job), manner);
  } else {
    std::optional<Value> value = co_await enqueued<Work, Value>(std::move(work), manner);
    co_return std::move(*value);
  }
}

/// For what only looks: on a full disk it is those who write that fail.
inline constexpr Writer::Manner looking = Writer::Manner::alone;

}  // namespace rosterd::sqlite
