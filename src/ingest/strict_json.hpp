#pragma once

#include "rosterd/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::ingest {

enum class JsonKind { null, boolean, integer, number, string, array, object };

/// One value of a document. All values lie in one array in the order of the text: behind a
/// container come its children, each followed by its own.
struct JsonNode {
  JsonKind kind = JsonKind::null;
  bool boolean = false;
  std::uint32_t span = 1;  ///< nodes of this value, itself included
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  ///< its bytes in the text
  std::int64_t integer = 0;
  double number = 0;  ///< also set for an integer
  std::string key;    ///< its name, in an object
  std::string text;   ///< a string; a number as written, when an int64 cannot hold it

  bool is(JsonKind wanted) const { return kind == wanted; }

  /// The member of that name, or null; null also when this is no object.
  const JsonNode* find(std::string_view name) const;

  class Iterator {
   public:
    explicit Iterator(const JsonNode* at) : at_(at) {}
    const JsonNode& operator*() const { return *at_; }
    Iterator& operator++() {
      at_ += at_->span;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const JsonNode* at_;
  };

  /// Items of an array, members of an object.
  Iterator begin_children() const { return Iterator{this + 1}; }
  Iterator end_children() const { return Iterator{this + span}; }
};

struct JsonChildren {
  explicit JsonChildren(const JsonNode& container) : node(container) {}
  JsonNode::Iterator begin() const { return node.begin_children(); }
  JsonNode::Iterator end() const { return node.end_children(); }
  const JsonNode& node;
};

class JsonDocument {
 public:
  explicit JsonDocument(std::vector<JsonNode> nodes) : nodes_(std::move(nodes)) {}
  const JsonNode& root() const { return nodes_.front(); }

 private:
  std::vector<JsonNode> nodes_;
};

struct JsonError {
  JsonError() = default;
  JsonError(std::string what, std::string where)
      : text(std::move(what)), pointer(std::move(where)) {}

  std::string text;        ///< what is wrong; never a piece of the input but the name of a key
  std::string pointer;     ///< RFC 6901, of the value that was being read
  std::size_t line = 1;    ///< from 1
  std::size_t column = 1;  ///< from 1, in characters
};

struct JsonLimits {
  std::size_t bytes_max = 256 << 10;
  std::size_t depth_max = 32;
};

/// Reads RFC 8259 and nothing more: no byte order mark, no comment, no second value, no NUL, no
/// name twice in an object, no number beyond a double, no lone surrogate, only UTF-8.
Result<JsonDocument, JsonError> parse_json(std::string_view text, const JsonLimits& limits = {});

/// Line and column, from 1, of a byte of `text`.
std::pair<std::size_t, std::size_t> line_and_column(std::string_view text, std::size_t offset);

}  // namespace rosterd::ingest
