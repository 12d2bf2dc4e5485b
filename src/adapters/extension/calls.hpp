#pragma once

#include "adapters/extension/answers.hpp"
#include "adapters/extension/caller.hpp"
#include "rosterd/domain/ids.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rosterd::extension {

/// A call without effect.
Call read_call(std::string_view operation, std::string path, std::string_view scope);

/// A call with an effect on something named by its id in the path.
Call change_call(
    std::string_view operation, std::string method, std::string path, std::string_view scope
);

/// A call that makes something new.
Call create_call(std::string_view operation, std::string path, std::string_view scope);

std::string group_path(const EntitlementId& group, std::string_view rest);
std::string user_path(const AccountId& account, std::string_view rest);

template <class Tag>
nlohmann::json id_list(const std::vector<Id<Tag>>& ids) {
  auto list = nlohmann::json::array();
  for (const auto& id : ids) list.push_back(id.value);
  return list;
}

/// Makes the call of a mutating operation.
Task<Answer<Acknowledged>> change(Caller& caller, Call call);

/// Makes the call, and gives what `read` makes of its answer. `read` is one of answers.hpp.
template <class T>
Task<Answer<T>> ask(Caller& caller, Call call, Answer<T> (*read)(const nlohmann::json&)) {
  auto reply = co_await caller.call(std::move(call));
  if (!reply) co_return reply.error();
  co_return read(reply->body);
}

}  // namespace rosterd::extension
