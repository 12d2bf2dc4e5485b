#include "adapters/drop_folder/names.hpp"
#include "adapters/extension/address.hpp"
#include "fuzzing.hpp"
#include "ingest/manifest.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/ports/http.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

// First line: a second text, as a pattern, a list, a name. Below it the text.

namespace rosterd {
namespace {

void require_percent_coding(std::string_view text) {
  const std::string coded = percent_encoded(text);
  fuzz::require(percent_decoded(coded) == std::string(text), "a coded text is read back", coded);
  fuzz::require(coded.find_first_of("/?#&|% ") == coded.find('%'), "one segment", coded);
  const auto decoded = percent_decoded(text);
  fuzz::require(!decoded || decoded->size() <= text.size(), "decoding makes nothing longer");
  HttpRequest request;
  const std::string target = "/api?q=" + coded + "&" + std::string(text);
  request.target = target;
  fuzz::require(request.query("q") == std::string(text), "a parameter is read back", target);
}

void require_shown(std::string_view text) {
  for (const std::size_t bytes_max : {8U, 200U}) {
    const std::string shown = printable(text, bytes_max);
    if (!text.empty()) fuzz::require_sentence(shown, bytes_max + 14);
  }
  const std::string lower = lower_case(text);
  fuzz::require(lower_case(lower) == lower, "lower is lower than nothing", lower);
  fuzz::require(equal_ignoring_case(text, lower), "case is ignored", text);
  fuzz::require(invalid_utf8_at(lower) || !invalid_utf8_at(text), "UTF-8 stays UTF-8", lower);
}

void require_wildcards(std::string_view pattern, std::string_view text) {
  fuzz::require(matches_wildcard("*", text), "everything is anything");
  const bool plain = pattern.find_first_of("*?") == std::string_view::npos;
  const bool matches = matches_wildcard(pattern, text);
  if (plain) fuzz::require(matches == (pattern == text), "a text is itself", pattern);
  if (matches) {
    const std::string around = "*" + std::string(pattern) + "*";
    fuzz::require(matches_wildcard(around, "x" + std::string(text)), "a star is any run", around);
  }
}

void require_addresses(std::string_view list, std::string_view text) {
  const auto address = extension::parse_address(text);
  if (!address) return;
  fuzz::require(address->port > 0 && !address->host.empty(), "an address has host and port", text);
  const std::string whole = (address->tls ? "https://" : "http://") + address->authority();
  const auto again = extension::parse_address(whole);
  fuzz::require(again && again->host == address->host, "a host is read as written", whole);
  fuzz::require(again->port == address->port, "and its port", whole);
  const std::string header = address->host_header();
  fuzz::require(
      header.find_first_of(" \t\r\n@/") == std::string::npos, "a host is one word", header
  );
  extension::excluded_from_proxy(list, *address);
  fuzz::require(extension::excluded_from_proxy("*", *address), "a star is everybody");
  extension::parse_proxy(list);
}

void require_file_names(const std::string& name) {
  using namespace drop_folder;
  // What a folder can hold.
  if (name.empty() || name == "." || name == "..") return;
  if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos) return;
  const std::string safe = safe_name(name);
  fuzz::require(!safe.empty() && safe.find('/') == std::string::npos, "a name is a name", safe);
  fuzz::require(safe != "." && safe != "..", "and no folder", safe);
  fuzz::require(!invalid_utf8_at(safe), "and can be shown", safe);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  fuzz::require(std::none_of(safe.begin(), safe.end(), is_control), "on one line", safe);
  if (const auto danger = danger_of(name)) fuzz::require_sentence(*danger, 400);
  is_left_alone(name);
  const std::string timed = with_time(safe, *parse_rfc3339("2026-03-02T09:00:00Z"), 2);
  fuzz::require(timed != safe && timed.find('/') == std::string::npos, "another name", timed);
}

void require_manifest(std::string_view text) {
  const auto manifest = ingest::parse_manifest(text);
  if (!manifest) return fuzz::require_sentence(manifest.error().text, 300);
  const bool says = manifest->rows.has_value() || manifest->sha256.size() == 64;
  fuzz::require(says, "a manifest says something", text);
}

}  // namespace
}  // namespace rosterd

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  fuzz::Input input(data, size);
  const std::string_view other = input.line();
  const std::string_view text = input.rest();
  require_percent_coding(text);
  require_shown(text);
  require_wildcards(other, text);
  require_addresses(other, text);
  require_file_names(std::string(other));
  require_manifest(text);
  const std::vector<std::string> words{"department", std::string(other)};
  const auto near = nearest(text, words);
  fuzz::require(!near || *near == words[0] || *near == words[1], "one of them is meant");
  return 0;
}
