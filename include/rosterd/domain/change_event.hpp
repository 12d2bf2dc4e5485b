#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace rosterd {

enum class ChangeType {
  joined,
  changed,
  left,
  notice,   ///< something changed, no values: the person is stale until the next values arrive
  unknown,  ///< a type nobody knows: kept, ignored
};

enum class ChangeMode {
  partial,  ///< merge patch: what is not there stays
  full,     ///< what is not there is cleared
};

/// When a change takes effect: an instant, or the start of a day in the person's zone.
using Effective = std::variant<Instant, Date>;

/// What a source says about one person; canonical whatever the source (sources.md).
struct ChangeEvent {
  std::string source;
  std::string external_id;  ///< idempotency key, unique per source, at most 256 bytes
  ChangeType type = ChangeType::changed;
  std::string type_text;  ///< as sent
  ChangeMode mode = ChangeMode::partial;
  PersonId person;
  AttributePatch attributes;
  std::optional<Instant> occurred_at;
  std::optional<Effective> effective_at;
  std::string sequence;  ///< digits without leading zeros; empty: the source has none
};

std::string_view to_string(ChangeType type);  ///< `person.joined` …
ChangeType change_type(std::string_view text);
std::string_view to_string(ChangeMode mode);

}  // namespace rosterd
