#pragma once

#include "rosterd/config.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/crypto.hpp"

#include <string>
#include <vector>

namespace rosterd {

/// What is wrong with a configuration that was read without a problem, and shows only where it
/// meets what is outside of the file: signature profiles, keys, and the machine's time zones. A
/// sentence each; `serve` and a reload refuse what `check` shows.
std::vector<std::string> config_problems(
    const Config& config, const Crypto& crypto, const TimeZones& zones
);

}  // namespace rosterd
