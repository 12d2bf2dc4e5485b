#include "sandbox/records.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace rosterd::sandbox {

HttpResponse name_taken(const std::string& collection, const Json& record) {
  const std::string* name = text_of(record, "name");
  const std::string quoted = " with name \"" + (name ? *name : "") + "\" already exists";
  if (collection == "groups") return failed_as(400, "ValidationError", "Group" + quoted);
  const std::string kind = collection == "roles" ? "Role" : "Permission";
  return failed_as(400, "ValidationError", kind + quoted + " for this application");
}

HttpResponse still_used(
    const std::string& list, const std::string& collection, const std::string& names
) {
  const std::string message = "Unable to touch " + list + " while used in " + collection + ": ";
  return failed_as(400, "ValidationError", message + names);
}

HttpResponse create_record(Tenant& tenant, const std::string& collection, Json record) {
  if (tenant.storage.name_taken(collection, record, "")) return name_taken(collection, record);
  const Json* created = tenant.storage.create(collection, std::move(record));
  return created ? ok(*created) : internal_error();
}

HttpResponse update_record(Tenant& tenant, const std::string& collection, Call& call) {
  if (tenant.storage.name_taken(collection, call.payload, call.id())) {
    return name_taken(collection, call.payload);
  }
  if (!tenant.storage.find(collection, call.id())) return record_missing(call.id(), collection);
  const Json* updated = tenant.storage.update(collection, call.id(), std::move(call.payload));
  return updated ? ok(*updated) : internal_error();
}

HttpResponse show_record(Tenant& tenant, const std::string& collection, const Call& call) {
  const Json* record = tenant.storage.find(collection, call.id());
  if (!record) return record_missing(call.id(), collection);
  return ok(picked(*record, "_id", "name", "description"));
}

std::optional<std::vector<const Json*>> filtered(const Json& records, const Call& call) {
  const std::string* wanted = text_of(call.query, "q");
  const std::string* field = text_of(call.query, "field");
  std::vector<const Json*> result;
  for (const Json& record : records) {
    if (wanted && !wanted->empty()) {
      const std::string* text = field ? text_of(record, *field) : nullptr;
      if (!text) return std::nullopt;
      if (lower_case(*text).find(lower_case(*wanted)) == std::string::npos) continue;
    }
    result.push_back(&record);
  }
  return result;
}

Fields search_fields() {
  return {
      {.name = "q", .empty_allowed = true, .length_max = 1000},
      {.name = "field", .empty_allowed = true, .length_max = 1000}};
}

Task<HttpResponse> finish(Tenant& tenant, Call& call, Draft& draft) {
  const Json name = picked(draft.record, "name");
  const Written written = co_await tenant.editor.write_back(draft);
  switch (written) {
    case Written::done:
      std::move(draft.asked.begin(), draft.asked.end(), std::back_inserter(call.done));
      co_return no_content();
    case Written::missing:
      co_return record_missing(draft.id, draft.collection);
    case Written::name_taken:
      co_return name_taken(draft.collection, name);
    case Written::full:
      co_return internal_error();
  }
  std::abort();
}

}  // namespace rosterd::sandbox
