#pragma once

#include "sandbox/json.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::sandbox {

/// The first thing wrong with an input, in the words of Joi 17.
struct Invalid {
  std::string message;  ///< `"name" is required`
  std::string key;      ///< the path with dots: `0.groupName`; empty for the whole
};

enum class Shape { text, guid, boolean, integer, guids, texts, objects };

/// One member of an object and what it must be.
struct Field {
  std::string name;
  Shape shape = Shape::text;
  bool required = false;
  bool empty_allowed = false;
  std::size_t length_max = std::numeric_limits<std::size_t>::max();  ///< in UTF-16 units
  std::vector<std::string> one_of = {};
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};
using Fields = std::vector<Field>;

/// What a route expects as its body.
struct Payload {
  enum class Kind { ignored, object, texts, guids, objects };
  Kind kind = Kind::ignored;
  Fields fields = {};  ///< of the object, or of each object in the list
};

/// Checks in the order of `fields`, then refuses what is not in them. Text that stands for a number
/// or a truth value (queries, forms) is converted in place.
std::optional<Invalid> check_object(Json& value, const Fields& fields);

std::optional<Invalid> check_payload(Json& value, const Payload& expected);

/// One text that must be a GUID, named for the message.
std::optional<Invalid> check_guid(std::string_view name, std::string_view text);

/// As Joi has it: 32 hexadecimal digits, with or without `-` or `:` and brackets.
bool is_guid(std::string_view text);

}  // namespace rosterd::sandbox
