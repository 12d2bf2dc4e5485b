#pragma once

#include "adapters/sqlite/tables.hpp"
#include "adapters/sqlite/writer.hpp"
#include "rosterd/ports/views.hpp"

namespace rosterd::sqlite {

class SqliteOutboxControl : public OutboxControl {
 public:
  SqliteOutboxControl(Writer& writer, Tables& tables) : writer_(writer), tables_(tables) {}

  Task<std::vector<EventId>> replay(EventSelection selection, std::string by, Instant now) override;
  Task<std::vector<EventId>> cancel(
      EventSelection selection, std::string reason, std::string by, Instant now
  ) override;

 private:
  std::vector<EventId> selected(const EventSelection& selection, const std::string& condition);
  // What a person asked for, when.
  struct Request {
    EventSelection selection;
    std::string reason;
    std::string by;
    Instant at{};
  };
  std::vector<EventId> replay_now(Transaction& transaction, const Request& request);
  std::vector<EventId> cancel_now(Transaction& transaction, const Request& request);

  Writer& writer_;
  Tables& tables_;
};

}  // namespace rosterd::sqlite
