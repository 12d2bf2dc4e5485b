#include "adapters/toml/table_reader.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace rosterd::config_files {

namespace {

struct ByteUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<ByteUnit, 4> byte_units{
    {{"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}, {"B", 1}}};

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  for (const ByteUnit& known : byte_units) {
    if (unit != known.name) continue;
    if (number > std::numeric_limits<std::uint64_t>::max() / known.bytes) return std::nullopt;
    return number * known.bytes;
  }
  return std::nullopt;
}

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc{} ? std::string(buffer.data(), end) : "?";
}

/// What so many per cent are of 1, without the last digits of a binary fraction.
std::string per_cent_text(double per_cent) {
  std::array<char, 32> buffer{};
  constexpr int digits = 6;
  const auto [end, error] = std::to_chars(
      buffer.data(),
      buffer.data() + buffer.size(),
      per_cent / 100,
      std::chars_format::general,
      digits
  );
  return error == std::errc{} ? std::string(buffer.data(), end) : "?";
}

std::string range_text(const std::string& min, const std::string& max) {
  return max.empty() ? "at least " + min : "from " + min + " to " + max;
}

std::string limit_text(std::int64_t max) {
  return max == std::numeric_limits<std::int64_t>::max() ? "" : std::to_string(max);
}

}  // namespace

TableReader::TableReader(
    const ::toml::table& table, std::string path, std::string place, Problems& problems
)
    : table_(table), path_(std::move(path)), place_(std::move(place)), problems_(problems) {}

const ::toml::node* TableReader::node(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

bool TableReader::text(std::string_view key, std::string& into) {
  const auto* found = node(key);
  if (found == nullptr) return false;
  const auto* value = found->as_string();
  if (value == nullptr) {
    wrong_type(key, *found, "a string");
    return false;
  }
  into = value->get();
  return true;
}

bool TableReader::text(std::string_view key, std::optional<std::string>& into) {
  std::string value;
  const bool set = text(key, value);
  if (set) into = std::move(value);
  return set;
}

bool TableReader::one_of(
    std::string_view key, std::string& into, const std::vector<std::string>& choices
) {
  std::string value;
  if (!text(key, value)) return false;
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    problem(
        key,
        std::string(key) + " is " + in_quotes(value) + ", should be " + alternatives(choices) +
            did_you_mean(value, choices)
    );
    return false;
  }
  into = std::move(value);
  return true;
}

bool TableReader::boolean(std::string_view key, bool& into) {
  const auto* found = node(key);
  if (found == nullptr) return false;
  const auto* value = found->as_boolean();
  if (value == nullptr) {
    wrong_type(key, *found, "true or false");
    return false;
  }
  into = value->get();
  return true;
}

bool TableReader::number(std::string_view key, double& into, double min, double max) {
  const auto* found = node(key);
  if (found == nullptr) return false;
  const auto value = found->is_number() ? found->value<double>() : std::nullopt;
  if (!value) {
    wrong_type(key, *found, "a number");
    return false;
  }
  // Written so that not-a-number is out of range, too.
  if (!(*value >= min && *value <= max)) {
    problem(
        key,
        std::string(key) + " is " + number_text(*value) + ", should be " +
            range_text(number_text(min), number_text(max))
    );
    return false;
  }
  into = *value;
  return true;
}

bool TableReader::part(std::string_view key, double& into) {
  const auto* found = table_.get(key);
  const auto value = found != nullptr && found->is_number() ? found->value<double>() : std::nullopt;
  if (!value || !(*value > 1 && *value <= 100)) return number(key, into, 0, 1);

  node(key);
  problem(
      key,
      std::string(key) + " is " + number_text(*value) + ", should be from 0 to 1; for " +
          number_text(*value) + " % write " + per_cent_text(*value)
  );
  return false;
}

std::optional<std::int64_t> TableReader::integer_in(
    std::string_view key, std::int64_t min, std::int64_t max
) {
  const auto* found = node(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = found->as_integer();
  if (value == nullptr) {
    wrong_type(key, *found, "an integer");
    return std::nullopt;
  }
  if (value->get() < min || value->get() > max) {
    problem(
        key,
        std::string(key) + " is " + std::to_string(value->get()) + ", should be " +
            range_text(std::to_string(min), limit_text(max))
    );
    return std::nullopt;
  }
  return value->get();
}

std::optional<std::uint64_t> TableReader::byte_count(std::string_view key, std::uint64_t min) {
  const auto* found = node(key);
  if (found == nullptr) return std::nullopt;
  std::optional<std::uint64_t> value;
  if (const auto* integer = found->as_integer(); integer != nullptr && integer->get() >= 0) {
    value = static_cast<std::uint64_t>(integer->get());
  } else if (const auto* text = found->as_string(); text != nullptr) {
    value = parse_bytes(text->get());
  }
  if (!value) {
    problem(
        key, std::string(key) + " should be a number of bytes: 262144, \"256 KiB\" or \"2 GiB\""
    );
    return std::nullopt;
  }
  if (*value < min) {
    problem(key, std::string(key) + " should be at least " + std::to_string(min) + " bytes");
    return std::nullopt;
  }
  return value;
}

bool TableReader::duration(std::string_view key, Duration& into, Duration min) {
  const auto* found = node(key);
  if (found == nullptr) return false;
  const auto* text = found->as_string();
  const auto value = text != nullptr ? parse_duration(text->get()) : std::nullopt;
  if (!value) {
    problem(
        key,
        std::string(key) +
            " should be a duration in quotes: \"250ms\", \"30s\", \"15m\", \"8h\", \"7d\" or "
            "\"1h30m\""
    );
    return false;
  }
  if (*value < min) {
    problem(
        key,
        std::string(key) + " is " + rosterd::to_string(*value) + ", should be at least " +
            rosterd::to_string(min)
    );
    return false;
  }
  into = *value;
  return true;
}

bool TableReader::durations(std::string_view key, std::vector<Duration>& into) {
  std::vector<PlacedText> values;
  if (!placed_texts(key, values)) return false;
  std::vector<Duration> read;
  for (const PlacedText& value : values) {
    const auto duration = parse_duration(value.text);
    if (!duration) {
      problems_.add(value.at, in_quotes(value.text) + " should be a duration: \"30s\", \"15m\"");
      return false;
    }
    read.push_back(*duration);
  }
  into = std::move(read);
  return true;
}

bool TableReader::path(
    std::string_view key, std::filesystem::path& into, const std::filesystem::path& base
) {
  std::string value;
  if (!text(key, value)) return false;
  if (value.find('\0') != std::string::npos) {
    problem(key, std::string(key) + " is not a path: it contains a zero byte");
    return false;
  }
  into = value.empty() ? std::filesystem::path{} : (base / value).lexically_normal();
  return true;
}

bool TableReader::placed_texts(std::string_view key, std::vector<PlacedText>& into) {
  const auto* found = node(key);
  if (found == nullptr) return false;
  const auto* list = found->as_array();
  if (list == nullptr) {
    wrong_type(key, *found, "a list of strings: [\"…\"]");
    return false;
  }
  std::vector<PlacedText> read;
  bool good = true;
  for (const auto& element : *list) {
    if (const auto* value = element.as_string(); value != nullptr) {
      read.push_back({value->get(), position_of(element)});
    } else {
      problems_.add(
          position_of(element),
          "an element of " + std::string(key) + " is " + std::string(type_in_words(element)) +
              ", should be a string"
      );
      good = false;
    }
  }
  if (good) into = std::move(read);
  return good;
}

bool TableReader::texts(std::string_view key, std::vector<std::string>& into) {
  std::vector<PlacedText> placed;
  if (!placed_texts(key, placed)) return false;
  into.clear();
  for (PlacedText& value : placed) into.push_back(std::move(value.text));
  return true;
}

bool TableReader::text_map(std::string_view key, std::map<std::string, std::string>& into) {
  const auto* found = node(key);
  if (found == nullptr) return false;
  const auto* table = found->as_table();
  if (table == nullptr) {
    wrong_type(key, *found, "a table of strings");
    return false;
  }
  bool good = true;
  for (const auto& [name, value] : *table) {
    if (const auto* text = value.as_string(); text != nullptr) {
      into[std::string(name.str())] = text->get();
    } else {
      problems_.add(
          position_of(value),
          in_quotes(name.str()) + " in " + path_of(key) + " is " +
              std::string(type_in_words(value)) + ", should be a string"
      );
      good = false;
    }
  }
  return good;
}

bool TableReader::section(std::string_view key, const Read& read) {
  const auto* found = node(key);
  if (found == nullptr) return false;
  const auto* table = found->as_table();
  if (table == nullptr) {
    problem(
        key,
        std::string(key) + " is " + std::string(type_in_words(*found)) +
            ", should be one table: [" + path_of(key) + "]"
    );
    return false;
  }
  TableReader reader(*table, path_of(key), "[" + path_of(key) + "]", problems_);
  read(reader);
  reader.finish();
  return true;
}

std::size_t TableReader::sections(std::string_view key, const Read& read) {
  const auto* found = node(key);
  if (found == nullptr) return 0;
  const auto* list = found->as_array();
  const std::string place = "[[" + path_of(key) + "]]";
  if (list == nullptr) {
    problem(
        key,
        std::string(key) + " is " + std::string(type_in_words(*found)) +
            ", should be a list of tables, each headed " + place
    );
    return 0;
  }
  for (const auto& element : *list) {
    const auto* table = element.as_table();
    if (table == nullptr) {
      problems_.add(
          position_of(element),
          "an element of " + place + " is " + std::string(type_in_words(element)) +
              ", should be a table"
      );
      continue;
    }
    TableReader reader(*table, path_of(key), place, problems_);
    read(reader);
    reader.finish();
  }
  return list->size();
}

void TableReader::require(std::string_view key, std::string_view why) {
  if (!has(key)) {
    problems_.add(position(), place_ + " has no " + std::string(key) + ": " + std::string(why));
  }
}

void TableReader::problem(std::string_view key, std::string text) {
  problems_.add(position(key), std::move(text));
}

Position TableReader::position(std::string_view key) const {
  const auto* found = table_.get(key);
  return position_of(found != nullptr ? found->source() : table_.source());
}

void TableReader::finish() {
  for (const auto& [key, value] : table_) {
    if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
    problems_.add(
        position_of(key.source()),
        "unknown key " + in_quotes(key.str()) + " in " + place_ + did_you_mean(key.str(), known_)
    );
  }
}

void TableReader::wrong_type(
    std::string_view key, const ::toml::node& node, std::string_view wanted
) {
  problems_.add(
      position_of(node),
      std::string(key) + " is " + std::string(type_in_words(node)) + ", should be " +
          std::string(wanted)
  );
}

std::string TableReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

std::string_view type_in_words(const ::toml::node& node) {
  switch (node.type()) {
    case ::toml::node_type::none:
      return "nothing";
    case ::toml::node_type::table:
      return "a table";
    case ::toml::node_type::array:
      return "a list";
    case ::toml::node_type::string:
      return "a string";
    case ::toml::node_type::integer:
      return "an integer";
    case ::toml::node_type::floating_point:
      return "a fraction";
    case ::toml::node_type::boolean:
      return "a boolean";
    case ::toml::node_type::date:
      return "a date";
    case ::toml::node_type::time:
      return "a time";
    case ::toml::node_type::date_time:
      return "a date with a time";
  }
  return "something else";
}

}  // namespace rosterd::config_files
