#include "adapters/sqlite/event_log.hpp"

#include "adapters/sqlite/codec.hpp"
#include "adapters/sqlite/disk_full.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/statvfs.h>
#include <system_error>
#include <utility>

namespace rosterd::sqlite {

std::uint64_t DiskSpace::free_bytes() {
  const auto now = std::chrono::steady_clock::now();
  if (asked_at_ && now - *asked_at_ < std::chrono::seconds(1)) return free_bytes_;
  struct statvfs answer = {};
  if (::statvfs(path_.c_str(), &answer) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot ask for free disk space");
  }
  free_bytes_ = std::uint64_t{answer.f_bavail} * std::uint64_t{answer.f_frsize};
  asked_at_ = now;
  return free_bytes_;
}

Task<AcceptResult> SqliteEventLog::accept(std::vector<NewEvent> batch) {
  // On the loop, which has just read the attributes and has them in its cache.
  std::vector<Arrivals::Filing> filings(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    filings[i].attributes = encode(batch[i].event.attributes);
  }
  auto accept = [this, batch = std::move(batch), filings = std::move(filings)](
                    Transaction& transaction
                ) { return accept_now(transaction, batch, filings); };
  try {
    co_return co_await writer_.perform(std::move(accept), Writer::Manner::repeatable);
  } catch (const DiskFull&) {
  }
  AcceptResult refused;
  refused.admission = Admission::disk_full;
  co_return refused;
}

AcceptResult SqliteEventLog::accept_now(
    Transaction& transaction,
    const std::vector<NewEvent>& batch,
    const std::vector<Arrivals::Filing>& filings
) {
  AcceptResult result;
  result.admission = admission();
  if (result.admission != Admission::admitted) return result;

  std::vector<const NewEvent*> events;
  events.reserve(batch.size());
  for (const NewEvent& event : batch) events.push_back(&event);
  result.events = tables_.arrivals.judge(transaction, events);
  const bool has_conflict =
      std::any_of(result.events.begin(), result.events.end(), [](const AcceptedEvent& event) {
        return event.acceptance == Acceptance::conflict;
      });
  if (has_conflict) return result;

  tables_.arrivals.keep_accepted(transaction, events, filings, result.events);
  return result;
}

Admission SqliteEventLog::admission() {
  if (tables_.outbox.open_of_webhooks() >= limits_.open_events_max) return Admission::outbox_full;
  if (disk_.free_bytes() < limits_.free_bytes_min) return Admission::disk_full;
  return Admission::admitted;
}

}  // namespace rosterd::sqlite
