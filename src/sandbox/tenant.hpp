#pragma once

#include "rosterd/ports/clock.hpp"
#include "rosterd/sandbox/options.hpp"
#include "sandbox/editor.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/read_backs.hpp"
#include "sandbox/storage.hpp"
#include "sandbox/token_issuer.hpp"
#include "sandbox/users.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace rosterd::sandbox {

/// What tests and operators may ask the sandbox about itself.
struct Stats {
  std::map<std::string, std::uint64_t> calls;  ///< by method and route
  std::uint64_t tokens_issued = 0;
  unsigned mutating_in_flight = 0;
  unsigned mutating_in_flight_max = 0;
};

/// Everything that the routes work on. Owned by the sandbox, used on the loop only.
struct Tenant {
  Tenant(Options chosen, const Clock& time, std::uint64_t seed);

  Options options;
  const Clock& clock;
  Storage storage;
  Editor editor;
  ReadBacks read_backs;
  Users users;
  TokenIssuer tokens;
  Faults faults;
  Stats stats;
  bool rule_published = false;  ///< the login rule, made by the first change of the configuration
};

}  // namespace rosterd::sandbox
