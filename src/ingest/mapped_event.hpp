#pragma once

#include "ingest/field_reader.hpp"
#include "ingest/strict_json.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/ingest/event_codec.hpp"

namespace rosterd::ingest {

/// Reads one event of a vendor's own JSON; what is wrong is in `reader` then.
void read_mapped(
    const JsonNode& node, const EventMapping& mapping, FieldReader& reader, ChangeEvent& event
);

}  // namespace rosterd::ingest
