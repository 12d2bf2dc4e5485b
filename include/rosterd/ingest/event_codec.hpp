#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/base/result.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/event_mapping.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ports/crypto.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::ingest {

/// What one request may carry.
struct EventLimits {
  std::size_t body_bytes_max = 256 << 10;
  std::size_t depth_max = 32;
  std::size_t events_max = 1000;   ///< in a batch
  std::size_t id_bytes_max = 256;  ///< of an event's id, a person's id, a type
  std::size_t attributes_max = 256;
  std::size_t name_bytes_max = 128;
  std::size_t value_bytes_max = 8 << 10;  ///< of one string
  std::size_t list_items_max = 1000;
};

struct CodecError {
  enum class Kind {
    malformed,  ///< 400
    too_many,   ///< 413
  };

  CodecError() = default;
  CodecError(Kind of, std::string what, std::string where)
      : kind(of), text(std::move(what)), at(std::move(where)) {}

  Kind kind = Kind::malformed;
  std::string text;      ///< what is wrong and what would be right; no value of the input
  std::string at;        ///< JSON pointer (RFC 6901) into the body, or `header NAME`
  std::size_t line = 0;  ///< from 1; 0: the fault is not at one place of the body
  std::size_t column = 0;
};

struct DecodedEvent {
  ChangeEvent event;
  std::string payload;  ///< as received: the event's part of the body
  Digest sha256{};      ///< of what the event says without its id; for an unknown type its bytes
};

/// The form of a body, as its content type and headers tell.
enum class EventFormat { plain, cloudevents_structured, cloudevents_binary, cloudevents_batch };

using HeaderViews = std::span<const std::pair<std::string_view, std::string_view>>;

/// Nothing: a body of that kind is not read (415).
std::optional<EventFormat> event_format(std::string_view content_type, HeaderViews headers);

struct DecodeOptions {
  std::string_view source;
  const EventMapping* mapping = nullptr;  ///< for plain bodies; null: they are canonical
  /// The delivery's id from a header, only if the signature covers it: the id of an event that
  /// has none inside the body.
  std::string_view delivery_id;
  EventLimits limits;
};

/// Reads the events of one request body (sources.md, "The change event"), all or none of them.
///
/// Strict about JSON, about the fields it knows and about CloudEvents 1.0; members it does not know
/// are left alone. A type nobody knows gives `ChangeType::unknown`, of which only the ids are read.
/// An id that is missing is the delivery's, else it is derived: `sha256:` of the event in canonical
/// form. Headers of a binary CloudEvent are not under the signature, so what the body says itself
/// wins over them; in the other two forms the envelope wins. Pure, thread-safe.
Result<std::vector<DecodedEvent>, CodecError> decode_events(
    std::string_view body,
    EventFormat format,
    HeaderViews headers,
    const DecodeOptions& options,
    const Crypto& crypto
);

/// What duplicates are recognised by: the source and its id for the event.
Key128 event_key(std::string_view source, std::string_view external_id, const Crypto& crypto);

/// When an event takes effect: its own instant, or the start of its day in the zone that the event
/// itself names for the person, else in `zone`, the source's. The event must have an
/// `effective_at`.
Instant due_at(const ChangeEvent& event, const std::string& zone, const TimeZones& zones);

/// The event in canonical form: members in a fixed order, attributes by name, instants in UTC.
/// `decode_events` reads it back.
std::string to_json(const ChangeEvent& event);

}  // namespace rosterd::ingest
