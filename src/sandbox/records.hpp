#pragma once

#include "sandbox/answers.hpp"
#include "sandbox/router.hpp"

#include <optional>
#include <string>

namespace rosterd::sandbox {

/// The message for a name that another record bears.
HttpResponse name_taken(const std::string& collection, const Json& record);
/// The refusal to touch a record that others refer to.
HttpResponse still_used(
    const std::string& list, const std::string& collection, const std::string& names
);

HttpResponse create_record(Tenant& tenant, const std::string& collection, Json record);
/// PUT: the fields over the record; the whole of it is the answer.
HttpResponse update_record(Tenant& tenant, const std::string& collection, Call& call);
/// `{_id, name, description}`
HttpResponse show_record(Tenant& tenant, const std::string& collection, const Call& call);

/// The records whose `field` contains `q`, ignoring case, with all their number; nothing where the
/// original stumbles (no field, or one that is no text).
std::optional<std::vector<const Json*>> filtered(const Json& records, const Call& call);
/// `q` and `field` of a list.
Fields search_fields();

/// Writes the draft back and answers 204, or why not.
Task<HttpResponse> finish(Tenant& tenant, Call& call, Draft& draft);

}  // namespace rosterd::sandbox
