#include "adapters/extension/answers.hpp"
#include "adapters/extension/status_table.hpp"
#include "fuzzing.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

// The whole input is the body of an answer.

namespace rosterd::extension {
namespace {

using nlohmann::json;

void require_error(const TargetError& error) {
  fuzz::require_sentence(error.text, 4096);
  const bool known = error.error == ErrorClass::transient || error.error == ErrorClass::unknown ||
                     error.error == ErrorClass::configuration;
  fuzz::require(known, "what is not understood is no decision of the tenant", error.text);
}

std::size_t listed(const json& answer, const char* key) {
  return answer.is_array() ? answer.size() : answer.at(key).size();
}

/// As many records as there are, or an error that says which one is wrong.
template <class T>
void require_all_of(const Answer<std::vector<T>>& read, const json& answer, const char* key) {
  if (!read) return require_error(read.error());
  fuzz::require(read->size() == listed(answer, key), "no record is passed over", key);
}

void require_lists(const json& answer) {
  require_all_of(read_groups(answer), answer, "groups");
  require_all_of(read_roles(answer), answer, "roles");
  require_all_of(read_permissions(answer), answer, "permissions");
  require_all_of(read_group_names(answer), answer, "groups");
  require_all_of(read_role_names(answer), answer, "roles");
  const auto page = read_users_page(answer);
  if (!page) return require_error(page.error());
  fuzz::require(page->users.size() == listed(answer, "users"), "no user is passed over");
}

void require_records(const json& answer) {
  const auto user = read_user(answer);
  if (!user) require_error(user.error());
  const auto made = read_new_id(answer);
  if (!made) require_error(made.error());
  fuzz::require(!made || !made->empty(), "what was made has an id");
  const auto permissions = read_policy_permissions(answer);
  if (!permissions) require_error(permissions.error());
  const auto storage = read_storage_use(answer);
  if (!storage) require_error(storage.error());
}

}  // namespace
}  // namespace rosterd::extension

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string scopes = extension::scopes_named_in(text);
  fuzz::require(scopes.size() <= 2 * text.size(), "scopes are words of the text", scopes);
  const auto answer = nlohmann::json::parse(text, nullptr, false);
  if (answer.is_discarded()) return 0;
  extension::require_lists(answer);
  extension::require_records(answer);
  return 0;
}
