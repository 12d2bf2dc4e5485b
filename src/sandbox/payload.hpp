#pragma once

#include "rosterd/ports/http.hpp"
#include "sandbox/json.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace rosterd::sandbox {

/// The body as the original's framework reads it: JSON (also without a content type), a form as an
/// object of texts, other text as one string; otherwise the answer that refuses it.
std::variant<Json, HttpResponse> parse_payload(const HttpRequest& request);

/// `a=1&b=2` as an object of texts; a repeated name becomes a list. Nothing when an escape is
/// broken.
std::optional<Json> parse_form(std::string_view text);

/// The query of a target, in the same shape.
std::optional<Json> parse_query(std::string_view target);

/// Strict JSON, nested no deeper than a stack can bear. Nothing when it is none.
std::optional<Json> parse_json(std::string_view text);

}  // namespace rosterd::sandbox
