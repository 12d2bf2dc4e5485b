#include "config_check.hpp"

#include "rosterd/base/text.hpp"
#include "webhook_sources.hpp"

namespace rosterd {

std::vector<std::string> config_problems(
    const Config& config, const Crypto& crypto, const TimeZones& zones
) {
  // A source without a zone of its own takes the policy's, which is checked with the policy.
  std::vector<std::string> problems =
      webhook_sources(config.webhook, "UTC", crypto, zones).problems;
  for (const DropConfig& drop : config.drops) {
    if (drop.time_zone.empty() || zones.known(drop.time_zone)) continue;
    problems.push_back(
        "drop \"" + drop.name + "\": nobody knows the time zone \"" + printable(drop.time_zone) +
        "\"; write one like Europe/Berlin"
    );
  }
  return problems;
}

}  // namespace rosterd
