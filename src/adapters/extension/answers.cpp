#include "adapters/extension/answers.hpp"

#include "rosterd/base/text.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>

namespace rosterd::extension {

namespace {

using nlohmann::json;

TargetError malformed(const std::string& what) {
  return {ErrorClass::transient, 200, "an answer is not understood: " + what};
}

/// Reads the fields of one record and remembers the first thing that is wrong with it.
class Record {
 public:
  Record(const json& value, std::string name) : value_(value), name_(std::move(name)) {
    if (!value.is_object()) problem_ = name_ + " is not an object";
  }

  std::string text(const char* key) {
    const json* field = find(key);
    if (field != nullptr && field->is_string()) return field->get<std::string>();
    complain(key, "is not a text");
    return "";
  }

  /// A missing field, or null, is an empty text.
  std::string optional_text(const char* key) { return find(key) == nullptr ? "" : text(key); }

  std::vector<std::string> optional_texts(const char* key) {
    std::vector<std::string> texts;
    const json* field = find(key);
    if (field == nullptr) return texts;
    if (!field->is_array()) complain(key, "is not a list");
    texts.reserve(field->is_array() ? field->size() : 0);
    for (const json& item : *field) {
      if (!item.is_string()) {
        complain(key, "holds something that is not a text");
        break;
      }
      texts.push_back(item.get<std::string>());
    }
    return texts;
  }

  const json* find(const char* key) const {
    if (!value_.is_object()) return nullptr;
    const auto found = value_.find(key);
    return found == value_.end() || found->is_null() ? nullptr : &*found;
  }

  void complain(const char* key, const std::string& what) {
    if (!problem_) problem_ = name_ + ": \"" + key + "\" " + what;
  }

  const std::optional<std::string>& problem() const { return problem_; }

 private:
  const json& value_;
  std::string name_;
  std::optional<std::string> problem_;
};

/// `group 3 ("Staff")`
std::string name_of(const json& value, const std::string& kind, std::size_t index) {
  std::string name = kind + " " + std::to_string(index + 1);
  if (!value.is_object()) return name;
  for (const char* key : {"name", "_id", "user_id"}) {
    const auto found = value.find(key);
    if (found == value.end() || !found->is_string()) continue;
    return name + " (\"" + printable(found->get_ref<const std::string&>(), 100) + "\")";
  }
  return name;
}

/// The list itself, or the one in the field `key`; null when there is none.
const json* list_in(const json& answer, const char* key) {
  if (answer.is_array()) return &answer;
  if (!answer.is_object()) return nullptr;
  const auto found = answer.find(key);
  return found != answer.end() && found->is_array() ? &*found : nullptr;
}

template <class T, class ReadOne>
Answer<std::vector<T>> read_list(
    const json& answer, const char* key, const std::string& kind, ReadOne read_one
) {
  const json* list = list_in(answer, key);
  if (list == nullptr) return malformed(std::string("there is no list \"") + key + "\"");
  std::vector<T> values;
  values.reserve(list->size());
  for (const json& item : *list) {
    Record record(item, name_of(item, kind, values.size()));
    T value = read_one(record);
    if (record.problem()) return malformed(*record.problem());
    values.push_back(std::move(value));
  }
  return values;
}

template <class IdType>
std::vector<IdType> ids(std::vector<std::string> texts) {
  std::vector<IdType> out;
  out.reserve(texts.size());
  for (std::string& text : texts) out.emplace_back(std::move(text));
  return out;
}

AccountSet accounts(std::vector<std::string> texts) {
  AccountSet out;
  out.reserve(texts.size());
  for (std::string& text : texts) out.emplace(std::move(text));
  return out;
}

TenantGroup group_of(Record& record) {
  TenantGroup group;
  group.id = EntitlementId(record.text("_id"));
  group.name = record.text("name");
  group.description = record.optional_text("description");
  group.members = accounts(record.optional_texts("members"));
  group.roles = ids<EntitlementId>(record.optional_texts("roles"));
  group.nested = ids<EntitlementId>(record.optional_texts("nested"));
  return group;
}

TenantRole role_of(Record& record) {
  TenantRole role;
  role.id = EntitlementId(record.text("_id"));
  role.name = record.text("name");
  role.description = record.optional_text("description");
  role.application = record.optional_text("applicationId");
  role.application_type = record.optional_text("applicationType");
  role.permissions = record.optional_texts("permissions");
  role.users = accounts(record.optional_texts("users"));
  return role;
}

TenantPermission permission_of(Record& record) {
  TenantPermission permission;
  permission.id = record.text("_id");
  permission.name = record.text("name");
  permission.description = record.optional_text("description");
  permission.application = record.optional_text("applicationId");
  permission.application_type = record.optional_text("applicationType");
  return permission;
}

TenantUser user_of(Record& record) {
  TenantUser user;
  user.id = AccountId(record.text("user_id"));
  user.email = record.optional_text("email");
  user.name = record.optional_text("name");
  const json* identities = record.find("identities");
  if (identities == nullptr) return user;
  if (!identities->is_array()) {
    record.complain("identities", "is not a list");
    return user;
  }
  for (const json& item : *identities) {
    Record identity(item, "identity");
    TenantUser::Identity one;
    one.connection = identity.optional_text("connection");
    one.provider = identity.optional_text("provider");
    if (identity.problem()) record.complain("identities", "is not understood");
    user.identities.push_back(std::move(one));
  }
  return user;
}

}  // namespace

Answer<std::vector<TenantGroup>> read_groups(const json& answer) {
  return read_list<TenantGroup>(answer, "groups", "group", group_of);
}

Answer<std::vector<TenantRole>> read_roles(const json& answer) {
  return read_list<TenantRole>(answer, "roles", "role", role_of);
}

Answer<std::vector<TenantPermission>> read_permissions(const json& answer) {
  return read_list<TenantPermission>(answer, "permissions", "permission", permission_of);
}

Answer<TenantUser> read_user(const json& answer) {
  Record record(answer, "the user");
  TenantUser user = user_of(record);
  if (record.problem()) return malformed(*record.problem());
  return user;
}

Answer<Accounts::Page> read_users_page(const json& answer) {
  auto users = read_list<TenantUser>(answer, "users", "user", user_of);
  if (!users) return users.error();
  Accounts::Page page;
  page.users = std::move(*users);
  page.total = page.users.size();
  if (answer.is_object()) {
    const auto total = answer.find("total");
    if (total == answer.end() || !total->is_number_unsigned()) {
      return malformed("\"total\" of the users is not a number");
    }
    page.total = total->get<std::size_t>();
  }
  return page;
}

Answer<std::string> read_new_id(const json& answer) {
  Record record(answer, "the new record");
  std::string id = record.text("_id");
  if (!record.problem() && !id.empty()) return id;
  return TargetError(ErrorClass::unknown, 200, "the new record came back without its _id");
}

Answer<std::vector<std::string>> read_group_names(const json& answer) {
  const auto name = [](Record& record) { return record.text("name"); };
  return read_list<std::string>(answer, "groups", "group", name);
}

Answer<std::vector<EntitlementName>> read_role_names(const json& answer) {
  const auto name = [](Record& record) {
    EntitlementName role;
    role.kind = EntitlementKind::role;
    role.name = record.text("name");
    role.application = record.optional_text("applicationId");
    return role;
  };
  return read_list<EntitlementName>(answer, "roles", "role", name);
}

Answer<std::vector<std::string>> read_policy_permissions(const json& answer) {
  Record record(answer, "the policy's answer");
  auto permissions = record.optional_texts("permissions");
  if (record.problem()) return malformed(*record.problem());
  return permissions;
}

Answer<StorageUse> read_storage_use(const json& answer) {
  const Record status(answer, "the status");
  if (status.problem()) return malformed(*status.problem());
  const json* database = status.find("database");
  if (database == nullptr) return malformed("the status has no \"database\"");

  Record record(*database, "the status's database");
  StorageUse use;
  use.type = record.optional_text("type");
  if (record.problem()) return malformed(*record.problem());
  if (use.type == "unknown") {
    // Comes with size 0, which would pass for an empty tenant.
    return TargetError(ErrorClass::transient, 200, "the extension could not read its storage");
  }
  const json* size = record.find("size");
  if (size == nullptr) {
    std::string text = "the extension does not say how large its storage is";
    if (!use.type.empty()) text += " (type \"" + printable(use.type, 100) + "\")";
    text += ": set target.storage_bytes_max = 0";
    return TargetError(ErrorClass::configuration, 200, std::move(text));
  }
  if (!size->is_number_unsigned()) return malformed("\"size\" of the storage is not a number");
  use.bytes = size->get<std::uint64_t>();
  return use;
}

}  // namespace rosterd::extension
