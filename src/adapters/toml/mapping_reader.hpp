#pragma once

#include "adapters/toml/table_reader.hpp"
#include "rosterd/domain/event_mapping.hpp"

namespace rosterd::config_files {

/// Reads and checks `[webhook.source.mapping]`.
void read_mapping(TableReader& table, EventMapping& mapping);

}  // namespace rosterd::config_files
