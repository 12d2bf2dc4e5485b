#pragma once

#include "ingest/strict_json.hpp"
#include "rosterd/base/instant.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/ingest/event_codec.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rosterd::ingest {

/// What is wrong with a value, and which.
struct FieldProblem {
  FieldProblem(const JsonNode& node, std::string what) : at(&node), text(std::move(what)) {}
  const JsonNode* at;
  std::string text;
};

/// Reads the values of an event and remembers the first that is wrong: the readers give something
/// harmless then, so that a caller may read on and ask once, at the end.
class FieldReader {
 public:
  explicit FieldReader(const EventLimits& limits) : limits_(limits) {}

  void fail(const JsonNode& at, std::string text);
  const std::optional<FieldProblem>& problem() const { return problem_; }

  /// A member that is there and not null.
  static const JsonNode* present(const JsonNode& object, std::string_view name);

  /// A string of 1 to `id_bytes_max` bytes.
  std::string id(const JsonNode& node, std::string_view name);
  /// The same, or an integer as text.
  std::string id_or_integer(const JsonNode& node, std::string_view name);
  std::string sequence(const JsonNode& node);
  ChangeMode mode(const JsonNode& node);
  std::optional<Instant> instant(const JsonNode& node, std::string_view name);
  std::optional<Effective> effective(const JsonNode& node);
  /// RFC 3339, `+0000` as vendors write it, Unix seconds or milliseconds.
  std::optional<Instant> lenient_instant(const JsonNode& node, std::string_view name);
  std::optional<Effective> lenient_effective(const JsonNode& node);

  AttributePatch attributes(const JsonNode& node);
  /// The value of the attribute of that name; nothing for null.
  std::optional<AttributeValue> value_of(const JsonNode& node, std::string_view name);
  void check_status(const JsonNode& node, const std::optional<AttributeValue>& value);

 private:
  void check_text(const JsonNode& node, std::string_view text, std::string_view name);
  std::optional<AttributeValue> list(const JsonNode& node);

  const EventLimits& limits_;
  std::optional<FieldProblem> problem_;
};

}  // namespace rosterd::ingest
