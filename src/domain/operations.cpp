#include "rosterd/domain/plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace rosterd {

namespace {

/// What an id costs in a JSON array of strings, its quotes and comma included; never too little.
std::size_t json_bytes(const std::string& id) {
  std::size_t bytes = 3;
  for (const char c : id) {
    const bool escaped = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    bytes += escaped ? 6 : 1;
  }
  return bytes;
}

constexpr std::size_t brackets = 2;

/// The ids of one call's body: accounts for a group, roles for an account.
const std::string& id_in_body(const Change& change) {
  const bool members = change.entitlement.kind == EntitlementKind::group;
  return members ? change.account.value : change.entitlement.id.value;
}

/// The changes that go to the same path with the same verb, in the order of the plan.
struct Batch {
  Operation call;
  std::vector<std::size_t> changes;
};

Operation call_for(const Change& change) {
  const bool removes = change.kind == Change::Kind::revoke;
  Operation call;
  if (change.entitlement.kind == EntitlementKind::group) {
    call.kind = removes ? Operation::Kind::remove_members : Operation::Kind::add_members;
    call.group = change.entitlement;
  } else {
    call.kind = removes ? Operation::Kind::remove_roles : Operation::Kind::add_roles;
    call.account = change.account;
  }
  return call;
}

std::vector<Batch> batches_of(const Plan& plan) {
  std::vector<Batch> batches;
  std::map<std::pair<Operation::Kind, std::string>, std::size_t> slots;
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const Change& change = plan.changes[i];
    if (change.kind != Change::Kind::grant && change.kind != Change::Kind::revoke) continue;
    Operation call = call_for(change);
    const std::string& path =
        call.group.id.value.empty() ? call.account.value : call.group.id.value;
    const auto [slot, is_new] = slots.try_emplace({call.kind, path}, batches.size());
    if (is_new) batches.push_back({std::move(call), {}});
    batches[slot->second].changes.push_back(i);
  }
  return batches;
}

/// Cuts a batch into calls that fit, leavers first. An id that is too long by itself goes alone:
/// the tenant says what it thinks of it.
void cut(
    const Batch& batch, const Plan& plan, std::size_t body_bytes_max, std::vector<Operation>& out
) {
  std::vector<std::size_t> changes = batch.changes;
  std::stable_partition(changes.begin(), changes.end(), [&](std::size_t i) {
    return plan.changes[i].leaver;
  });
  Operation call = batch.call;
  std::size_t bytes = brackets;
  for (const std::size_t i : changes) {
    const Change& change = plan.changes[i];
    const std::size_t cost = json_bytes(id_in_body(change));
    if (!call.changes.empty() && bytes + cost > body_bytes_max) {
      out.push_back(std::exchange(call, batch.call));
      bytes = brackets;
    }
    call.changes.push_back(i);
    call.leaver = call.leaver || change.leaver;
    bytes += cost;
  }
  out.push_back(std::move(call));
}

int rank(const Operation& operation) {
  switch (operation.kind) {
    case Operation::Kind::remove_members:
      return operation.leaver ? 0 : 2;
    case Operation::Kind::remove_roles:
      return operation.leaver ? 1 : 3;
    case Operation::Kind::add_members:
      return 4;
    case Operation::Kind::add_roles:
      return 5;
  }
  std::abort();
}

}  // namespace

std::string_view to_string(Operation::Kind kind) {
  switch (kind) {
    case Operation::Kind::add_members:
      return "add_members";
    case Operation::Kind::remove_members:
      return "remove_members";
    case Operation::Kind::add_roles:
      return "add_roles";
    case Operation::Kind::remove_roles:
      return "remove_roles";
  }
  std::abort();
}

bool adds(Operation::Kind kind) {
  return kind == Operation::Kind::add_members || kind == Operation::Kind::add_roles;
}

std::vector<Operation> operations(const Plan& plan, std::size_t body_bytes_max) {
  std::vector<Operation> calls;
  for (const Batch& batch : batches_of(plan)) cut(batch, plan, body_bytes_max, calls);
  std::stable_sort(calls.begin(), calls.end(), [](const Operation& left, const Operation& right) {
    return rank(left) < rank(right);
  });
  return calls;
}

}  // namespace rosterd
