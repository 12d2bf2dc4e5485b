#include "rosterd/domain/attributes.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace rosterd {

namespace {

struct Text {
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(double value) const {
    std::array<char, 32> buffer{};
    const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), written.ptr};
  }
  std::string operator()(const std::vector<std::string>& values) const {
    std::string out;
    for (const std::string& value : values) {
      if (!out.empty()) out += ", ";
      out += value;
    }
    return out;
  }
};

}  // namespace

const std::vector<std::string>& well_known_attributes() {
  static const std::vector<std::string> names = {
      "status",
      "email",
      "given_name",
      "family_name",
      "display_name",
      "department",
      "division",
      "cost_center",
      "job_title",
      "location",
      "country",
      "company",
      "employment_type",
      "manager_id",
      "start_date",
      "last_day",
      "time_zone",
      "user_id",
  };
  return names;
}

std::optional<std::string> text_of(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&found->second);
  if (text == nullptr || text->empty()) return std::nullopt;
  return *text;
}

std::string to_text(const AttributeValue& value) {
  return std::visit(Text{}, value);
}

}  // namespace rosterd
