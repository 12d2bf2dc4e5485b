#pragma once

#include "rosterd/ports/http.hpp"
#include "sandbox/json.hpp"
#include "sandbox/validation.hpp"

#include <string>
#include <string_view>

namespace rosterd::sandbox {

HttpResponse ok(const Json& body, unsigned status = 200);
/// For large bodies that are already text.
HttpResponse ok_text(std::string body);
HttpResponse no_content();

/// The framework's error body: status, its phrase, a message.
HttpResponse failed(unsigned status, std::string_view message);
/// The extension's own errors carry the name of their class instead of the phrase.
HttpResponse failed_as(unsigned status, std::string_view error, std::string_view message);
/// Whatever the original did not foresee.
HttpResponse internal_error();
HttpResponse not_found();
HttpResponse record_missing(std::string_view id, std::string_view collection);
HttpResponse invalid(std::string_view source, const Invalid& problem);
/// The Management API's body, with an error code.
HttpResponse management_error(unsigned status, std::string_view message, std::string_view code);

}  // namespace rosterd::sandbox
