#pragma once

#include "rosterd/config.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ingest/webhook.hpp"
#include "rosterd/ports/crypto.hpp"

#include <string>
#include <vector>

namespace rosterd {

/// The webhook sources of a configuration, ready to verify; or what is wrong with their profiles,
/// keys and time zones.
struct WebhookSources {
  std::vector<ingest::WebhookSource> sources;
  std::vector<std::string> problems;
};

/// `time_zone`: the policy's, for sources that name none.
WebhookSources webhook_sources(
    const WebhookConfig& config,
    const std::string& time_zone,
    const Crypto& crypto,
    const TimeZones& zones
);

ingest::EventLimits event_limits(const WebhookConfig& config);

}  // namespace rosterd
