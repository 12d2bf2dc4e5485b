#include "store_reader.hpp"

#include "rosterd/base/wakeup.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <exception>
#include <string>

namespace rosterd {

struct StoreReader::Job {
  Job(const asio::any_io_executor& loop, std::function<void(Views&)> to_do)
      : work(std::move(to_do)), news(loop) {}

  std::function<void(Views&)> work;
  std::exception_ptr error;
  std::atomic<bool> given_up = false;
  bool over = false;  // the loop's
  Wakeup news;
};

/// One who waits, however the waiting ends.
class StoreReader::Waiting {
 public:
  Waiting(StoreReader& reader, Job& job) : reader_(reader), job_(job) { ++reader_.waiting_; }
  ~Waiting() {
    --reader_.waiting_;
    job_.given_up = true;
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  StoreReader& reader_;
  Job& job_;
};

StoreReader::StoreReader(asio::any_io_executor loop, Open open, Limits limits)
    : loop_(std::move(loop)), open_(std::move(open)), limits_(limits) {}

Task<void> StoreReader::perform(std::function<void(Views&)> work) {
  if (waiting_ >= limits_.waiting_max) {
    throw StoreBusy("too many wait for an answer of the store; ask again in a moment");
  }
  const auto job = std::make_shared<Job>(loop_, std::move(work));
  const Waiting waiting(*this, *job);
  asio::post(thread_, [this, read = job]() mutable {
    if (!read->given_up) run(*read);
    // Handed over whole: its timer and what it caught end on the loop.
    asio::post(loop_, [over = std::move(read)] {
      over->over = true;
      over->news.notify();
    });
  });
  co_await job->news.wait_for(limits_.time_max);
  if (!job->over) {
    throw StoreBusy(
        "the store gave no answer within " + to_string(limits_.time_max) +
        "; ask for less, or again in a moment"
    );
  }
  if (job->error) std::rethrow_exception(job->error);
}

void StoreReader::close() {
  thread_.join();
  views_.reset();
}

void StoreReader::run(Job& job) {
  try {
    if (!views_) views_ = open_();
    job.work(*views_);
  } catch (...) {
    job.error = std::current_exception();
    views_.reset();
  }
}

}  // namespace rosterd
