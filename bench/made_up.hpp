#pragma once

#include "rosterd/config.hpp"
#include "rosterd/ports/crypto.hpp"
#include "rosterd/ports/event_log.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace rosterd::bench {

/// A person, made of a number: the same number is always the same person.
struct MadeUpPerson {
  explicit MadeUpPerson(std::size_t number);

  std::string id, email, first_name, last_name, department, job_title, location, cost_center,
      manager, employment_type, start_date, status;
};

inline constexpr std::size_t departments = 20;
std::string department_name(std::size_t number);

/// `run` keeps the ids of one run apart from those of another.
std::string event_id(std::string_view run, std::size_t number);

/// A canonical event as a sender would write it, about 520 bytes.
std::string event_body(std::string_view run, std::size_t number);

/// The same event on its way into the store.
NewEvent new_event(std::string_view run, std::size_t number, const Crypto& crypto);

/// A roster of twelve columns, about 146 bytes a row, and the drop that reads it.
std::string roster_csv(std::size_t rows);
/// The same roster later: 1 in 100 has changed, 1 in 200 is gone, and 1 in 200 is new.
std::string changed_roster_csv(std::size_t rows);
DropConfig roster_drop();

/// A number of the environment, for short runs.
std::size_t size_from_environment(const char* name, std::size_t otherwise);

}  // namespace rosterd::bench
