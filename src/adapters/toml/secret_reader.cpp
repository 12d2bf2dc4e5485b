#include "adapters/toml/secret_reader.hpp"

#include <algorithm>

namespace rosterd::config_files {

namespace {

const std::vector<std::string> ways = {"credential", "file", "env"};

constexpr std::string_view three_ways =
    R"({ credential = "NAME" }, { file = "PATH" } or { env = "NAME" })";

}  // namespace

void SecretReader::read(TableReader& table, std::string_view key, Secret& into) const {
  const auto* node = table.node(key);
  if (node == nullptr) return;
  if (auto secret = resolve(*node, key, table.problems())) into = std::move(*secret);
}

void SecretReader::read(TableReader& table, std::string_view key, std::vector<Secret>& into) const {
  const auto* node = table.node(key);
  if (node == nullptr) return;
  const auto* list = node->as_array();
  if (list == nullptr) {
    if (auto secret = resolve(*node, key, table.problems())) into.push_back(std::move(*secret));
    return;
  }
  for (const auto& element : *list) {
    if (auto secret = resolve(element, key, table.problems())) into.push_back(std::move(*secret));
  }
}

std::optional<Secret> SecretReader::resolve(
    const ::toml::node& node, std::string_view key, Problems& problems
) const {
  const auto report = [&](Position at, const std::string& text) {
    problems.add(at, std::string(key) + " " + text);
    return std::nullopt;
  };
  const auto* table = node.as_table();
  if (node.is_string()) {
    return report(
        position_of(node),
        "is a secret, and secrets are never in this file; write " + std::string(three_ways)
    );
  }
  if (table == nullptr || table->size() != 1) {
    return report(position_of(node), "should be " + std::string(three_ways));
  }
  const auto only = table->begin();  // what it points to lives in the iterator
  const auto& [way, name] = *only;
  if (std::find(ways.begin(), ways.end(), way.str()) == ways.end()) {
    return report(
        position_of(way.source()),
        "refers to its secret by " + in_quotes(way.str()) + ", should be " +
            std::string(three_ways) + did_you_mean(way.str(), ways)
    );
  }
  if (!name.is_string() || name.as_string()->get().empty()) {
    return report(position_of(name), "should be " + std::string(three_ways));
  }
  auto secret = fetch(way.str(), name.as_string()->get());
  if (secret.has_error()) return report(position_of(name), "cannot be had: " + secret.error().text);
  return std::move(*secret);
}

Result<Secret, CredentialError> SecretReader::fetch(std::string_view way, const std::string& name)
    const {
  if (way == "credential") return source_.credential(name);
  if (way == "file") return source_.file(base_ / name);
  return source_.environment(name);
}

}  // namespace rosterd::config_files
