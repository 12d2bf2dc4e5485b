#pragma once

#include "rosterd/ports/http.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace rosterd {

/// Bytes that are no UTF-8 become U+FFFD: what a tenant said may have been cut within a character.
HttpResponse json_answer(unsigned status, const nlohmann::ordered_json& json);

/// `{"error": text}`
HttpResponse json_refusal(unsigned status, const std::string& text);

}  // namespace rosterd
