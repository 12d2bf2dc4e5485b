#include "ingest/json_pointer.hpp"

#include <cstddef>

namespace rosterd::ingest {

namespace {

const JsonNode* item(const JsonNode& array, std::string_view index) {
  const bool leading_zero = index.size() > 1 && index.front() == '0';
  if (index.empty() || index.size() > 9 || leading_zero) return nullptr;
  std::size_t left = 0;
  for (const char c : index) {
    if (c < '0' || c > '9') return nullptr;
    left = left * 10 + static_cast<std::size_t>(c - '0');
  }
  for (const JsonNode& child : JsonChildren(array)) {
    if (left-- == 0) return &child;
  }
  return nullptr;
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

}  // namespace

const JsonNode* at_pointer(const JsonNode& root, std::string_view pointer) {
  const JsonNode* node = &root;
  while (!pointer.empty() && node != nullptr) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (node->is(JsonKind::array)) {
      node = item(*node, token);
    } else if (token.find('~') == std::string_view::npos) {
      node = node->find(token);
    } else {
      node = node->find(unescaped(token));
    }
  }
  return node;
}

std::string pointer_to(const JsonNode& root, const JsonNode& node) {
  std::string pointer;
  const JsonNode* at = &root;
  while (at != &node) {
    std::size_t index = 0;
    const JsonNode* next = nullptr;
    for (const JsonNode& child : JsonChildren(*at)) {
      if (&node >= &child && &node < &child + child.span) {
        next = &child;
        break;
      }
      ++index;
    }
    if (next == nullptr) return pointer;
    append_pointer_token(pointer, at->is(JsonKind::array) ? std::to_string(index) : next->key);
    at = next;
  }
  return pointer;
}

void append_pointer_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace rosterd::ingest
