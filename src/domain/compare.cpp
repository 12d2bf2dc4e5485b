#include "domain/compare.hpp"

#include "rosterd/base/text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace rosterd {

namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A long double holds every int64_t and every double exactly.
std::optional<long double> number_of(const AttributeValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return static_cast<long double>(*integer);
  }
  if (const auto* real = std::get_if<double>(&value)) return *real;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return std::nullopt;
  if (const auto integer = parse_whole<std::int64_t>(*text)) {
    return static_cast<long double>(*integer);
  }
  const auto real = parse_whole<double>(*text);
  if (!real || !std::isfinite(*real)) return std::nullopt;
  return *real;
}

bool is_text(const AttributeValue& value) {
  return std::holds_alternative<std::string>(value);
}
bool is_boolean(const AttributeValue& value) {
  return std::holds_alternative<bool>(value);
}

}  // namespace

bool equal_values(const AttributeValue& left, const AttributeValue& right, bool exact_case) {
  if (is_text(left) && is_text(right)) {
    const auto& left_text = std::get<std::string>(left);
    const auto& right_text = std::get<std::string>(right);
    return exact_case ? left_text == right_text : equal_ignoring_case(left_text, right_text);
  }
  if (is_boolean(left) || is_boolean(right)) {
    const bool comparable =
        (is_boolean(left) || is_text(left)) && (is_boolean(right) || is_text(right));
    return comparable && equal_ignoring_case(to_text(left), to_text(right));
  }
  const auto left_number = number_of(left);
  const auto right_number = number_of(right);
  return left_number && right_number && *left_number == *right_number;
}

std::optional<std::weak_ordering> order_of_values(
    const AttributeValue& left, const AttributeValue& right, bool exact_case
) {
  const auto left_number = number_of(left);
  const auto right_number = number_of(right);
  if (left_number && right_number) {
    if (*left_number == *right_number) return std::weak_ordering::equivalent;
    return *left_number < *right_number ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  if (!is_text(left) || !is_text(right)) return std::nullopt;
  const auto& left_text = std::get<std::string>(left);
  const auto& right_text = std::get<std::string>(right);
  return exact_case ? left_text <=> right_text : lower_case(left_text) <=> lower_case(right_text);
}

bool wants_existence(const AttributeTest& test) {
  if (test.values.empty()) return true;
  const auto* wanted = std::get_if<bool>(&test.values.front());
  return wanted == nullptr || *wanted;
}

}  // namespace rosterd
