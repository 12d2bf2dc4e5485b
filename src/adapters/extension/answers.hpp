#pragma once

#include "rosterd/ports/target.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace rosterd::extension {

/// The extension's JSON as our values: strict about the types of what we use, blind to the rest. A
/// record that is not as it should be makes the whole answer `transient`, and is named.
Answer<std::vector<TenantGroup>> read_groups(const nlohmann::json& answer);
Answer<std::vector<TenantRole>> read_roles(const nlohmann::json& answer);
Answer<std::vector<TenantPermission>> read_permissions(const nlohmann::json& answer);
Answer<TenantUser> read_user(const nlohmann::json& answer);
Answer<Accounts::Page> read_users_page(const nlohmann::json& answer);

/// The `_id` of a record just made. Without one the outcome is `unknown`: it was made.
Answer<std::string> read_new_id(const nlohmann::json& answer);

/// The bare lists below `/users/{id}`.
Answer<std::vector<std::string>> read_group_names(const nlohmann::json& answer);
Answer<std::vector<EntitlementName>> read_role_names(const nlohmann::json& answer);

/// `permissions` of the policy call.
Answer<std::vector<std::string>> read_policy_permissions(const nlohmann::json& answer);

/// `database` of the status. No size, as with S3, is `configuration` with what to set.
Answer<StorageUse> read_storage_use(const nlohmann::json& answer);

}  // namespace rosterd::extension
